"""What attention costs, by the way it is computed: time, peak memory, operations and what training keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch

from llmquiz.demos.flash_attention import peak_memory
from llmquiz.demos.flash_attention.attention import BY_KIND, random_qkv
from llmquiz.demos.flash_attention.claims import KINDS, Kept, Length, Operations, Peak
from llmquiz.demos.lab import caching, counting
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed

Settings = Mapping[str, Any]
"""Heads, width of a head, device, dtype and seed of q, k and v."""
WORK = "llmquiz.demos.flash_attention.attention:work"
"""What is done where memory is measured: by name, because it is done in processes of its own."""


@torch.inference_mode()
def gaps(tokens: int, settings: Settings) -> tuple[float, float]:
    """Of tiles and fused kernel from the eager result, on the same numbers."""
    q, k, v = random_qkv(tokens, **settings)  # (1, H, N, d) each
    expected = BY_KIND["eager"](q, k, v)  # (1, H, N, d)
    tiled, fused = (caching.gap(BY_KIND[kind](q, k, v), expected) for kind in ("tiled", "fused"))
    return tiled, fused


@torch.inference_mode()
def times(lengths: Sequence[int], settings: Settings, rounds: int, progress: Progress) -> tuple[Length, ...]:
    """The three ways in turn."""
    timed_lengths = list[Length]()
    for tokens in lengths:
        q, k, v = random_qkv(tokens, **settings)
        cases = {kind: partial(BY_KIND[kind], q, k, v) for kind in KINDS}
        timed_lengths.append(Length(tokens, **timed(cases, device=settings["device"], rounds=rounds)))
        progress(len(timed_lengths) / len(lengths))
    return tuple(timed_lengths)


def peaks(lengths: Sequence[int], settings: Settings) -> tuple[tuple[Peak, ...], int | None]:
    """The three ways at every length, and one decoding step at the longest."""
    cases: list[dict[str, Any]] = [{"kind": kind, "tokens": n, **settings} for n in lengths for kind in KINDS]
    cases.append({"kind": "eager", "tokens": lengths[-1], "queries": 1, **settings})
    *passes, step = peak_memory.peak_bytes(WORK, cases, device=settings["device"])
    by_length = [passes[i : i + len(KINDS)] for i in range(0, len(passes), len(KINDS))]
    return tuple(Peak(n, score_bytes(n, settings), *sizes) for n, sizes in zip(lengths, by_length, strict=True)), step


def score_bytes(tokens: int, settings: Settings) -> int:
    """Of one score matrix, (1, H, N, N)."""
    q, _, _ = random_qkv(1, **settings)
    return q.shape[1] * tokens * tokens * q.element_size()


def operations(tokens: int, settings: Settings) -> Operations:
    """Counted as they are called; the counter does not see into the fused kernel."""
    q, k, v = random_qkv(tokens, **settings)
    counts = []
    for kind in ("eager", "tiled"):
        with torch.inference_mode():
            counts.append(counting.operations(partial(BY_KIND[kind], q, k, v)))
    return Operations(tokens, *counts)


def kept_for_backward(tokens: int, settings: Settings) -> Kept:
    """Memory that the graph of each way holds on to, every piece counted once."""
    sizes, gradients = {}, {}
    for kind in KINDS:
        q, k, v = (x.requires_grad_() for x in random_qkv(tokens, **settings))
        storages: dict[int, Any] = {}

        # views of one memory are kept many times and counted once: by the address of their storage
        def pack(tensor: torch.Tensor, storages: dict[int, Any] = storages) -> torch.Tensor:
            storages[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            out = BY_KIND[kind](q, k, v)  # (1, H, N, d)
        sizes[kind] = sum(storage.nbytes() for storage in storages.values())
        gradients[kind] = torch.cat(torch.autograd.grad(out.square().sum(), (q, k, v)))  # (3, H, N, d)
    difference = caching.gap(gradients["fused"], gradients["eager"])
    return Kept(tokens, score_bytes(tokens, settings), **sizes, gradient_gap=difference)
