"""What attention costs, by the way it is computed: time, peak memory, operations and what training keeps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from statistics import linear_regression
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from llmquiz.demos.flash_attention import peak_memory as _memory
from llmquiz.demos.flash_attention import tiles
from llmquiz.demos.flash_attention.tiles import KINDS
from llmquiz.demos.lab import caching
from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Times
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed

HEADS, WIDTH = 4, 64


@dataclass(frozen=True, slots=True)
class Length:
    """One pass of attention over so many tokens, in seconds."""

    tokens: int
    eager: Varies[Times]
    tiled: Varies[Times]
    fused: Varies[Times]


@dataclass(frozen=True, slots=True)
class Peak:
    """Memory at the peak of one pass, above what was there before, each in a process of its own; None where unknown."""

    tokens: int
    score_bytes: int
    """Of one score matrix: heads · tokens² · bytes a number."""
    eager: Varies[int | None]
    tiled: Varies[int | None]
    fused: Varies[int | None]


@dataclass(frozen=True, slots=True)
class Operations:
    """Floating-point operations of the matrix products of one pass."""

    tokens: int
    eager: int
    tiled: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the forward pass keeps for the backward pass, in bytes."""

    tokens: int
    score_bytes: int
    eager: int
    tiled: int
    """By plain automatic differentiation, which keeps every tile."""
    fused: int
    gradient_gap: float
    """Of the fused gradients from the eager ones, relative to the largest."""


@torch.inference_mode()
def gaps(tokens: int, sizes: Mapping[str, Any]) -> tuple[float, float]:
    """The three ways on the same numbers."""
    q, k, v = tiles.drawn(tokens, **sizes)
    expected = KINDS["eager"](q, k, v)
    tiled, fused = (caching.gap(KINDS[kind](q, k, v), expected) for kind in ("tiled", "fused"))
    return tiled, fused


@torch.inference_mode()
def times(lengths: list[int], sizes: Mapping[str, Any], rounds: int, progress: Progress) -> tuple[Length, ...]:
    """The three ways in turn."""
    found = []
    for i, tokens in enumerate(lengths):
        q, k, v = tiles.drawn(tokens, **sizes)
        cases = {kind: partial(way, q, k, v) for kind, way in KINDS.items()}
        found.append(Length(tokens, **timed(cases, device=sizes["device"], rounds=rounds)))
        progress((i + 1) / len(lengths))
    return tuple(found)


def peak_memory(lengths: list[int], sizes: Mapping[str, Any]) -> tuple[tuple[Peak, ...], int | None]:
    """The three ways at every length, and one decoding step at the longest."""
    cases: list[dict[str, Any]] = [{"kind": kind, "tokens": n, **sizes} for n in lengths for kind in KINDS]
    cases.append({"kind": "eager", "tokens": lengths[-1], "queries": 1, **sizes})
    *found, step = _memory.peak_bytes("llmquiz.demos.flash_attention.tiles:work", cases, device=sizes["device"])
    rows = [found[i : i + len(KINDS)] for i in range(0, len(found), len(KINDS))]
    return tuple(Peak(n, score_bytes(n, sizes), *row) for n, row in zip(lengths, rows, strict=True)), step


def score_bytes(tokens: int, sizes: Mapping[str, Any]) -> int:
    each = tiles.drawn(1, **sizes)[0].element_size()
    return HEADS * tokens * tokens * each


def operations(tokens: int, sizes: Mapping[str, Any]) -> Operations:
    """Counted as they are called; the counter does not see into the fused kernel."""
    q, k, v = tiles.drawn(tokens, **sizes)
    counts = []
    for way in (tiles.eager, tiles.tiled):
        with FlopCounterMode(display=False) as counter, torch.inference_mode():
            way(q, k, v)
        counts.append(int(counter.get_total_flops()))
    return Operations(tokens, *counts)


def kept_for_backward(tokens: int, sizes: Mapping[str, Any]) -> Kept:
    """Memory that the graph of each way holds on to, every piece counted once."""
    found, gradients = {}, {}
    for kind, way in KINDS.items():
        q, k, v = (one.requires_grad_() for one in tiles.drawn(tokens, **sizes))
        held: dict[int, Any] = {}

        def keep(tensor: torch.Tensor, held: dict[int, Any] = held) -> torch.Tensor:
            held[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            out = way(q, k, v)
        found[kind] = sum(storage.nbytes() for storage in held.values())
        gradients[kind] = torch.cat(torch.autograd.grad(out.square().sum(), (q, k, v)))
    difference = caching.gap(gradients["fused"], gradients["eager"])
    return Kept(tokens, score_bytes(tokens, sizes), **found, gradient_gap=difference)


def exponent(tokens: list[int], values: list[float]) -> float:
    """p of the power law values ~ tokens^p that fits best."""
    return linear_regression([math.log(n) for n in tokens], [math.log(v) for v in values]).slope
