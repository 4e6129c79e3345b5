"""Attention weights, ways to write a mask, and one pass against many: what the demo `causal-mask` measures besides."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.results import Late, MaskCode, OnePass, Weights
from llmquiz.errors import DemoError

MaskOf = Callable[[int], Tensor]
"""From L to what is added to the scores, (L, L)."""


def given_weights(output: Any, field: str) -> tuple[Tensor, ...]:
    """The attention weights in a model's output, a tensor (B, H, T, S) a layer.

    Raises: DemoError where it gives none.
    """
    layers = getattr(output, field, None)
    if not layers or any(layer is None for layer in layers):
        raise DemoError(
            "--model: this checkpoint gives no attention weights; it has layers without attention.",
            "--model：这个模型不给出注意力权重；它有不含注意力的层。",
        )
    return tuple(layers)


@torch.inference_mode()
def weights_of(model: Any, ids: Tensor) -> Weights:
    """Over a text (1, T).

    Raises: DemoError where the model gives no attention weights.
    """
    weights = torch.cat(given_weights(model(ids, use_cache=False, output_attentions=True), "attentions"))
    weights = weights.cpu().double()  # (layers, H, T, T)
    return Weights(
        layers=weights.shape[0],
        heads=weights.shape[1],
        future=float(weights.triu(1).max()),
        sum_error=float((weights.sum(-1) - 1).abs().max()),
        itself=tuple(weights.mean((0, 1)).diagonal().tolist()),
    )


def logits_of(model: Any, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """(1, T, V); `mask`, (L, L), takes the place of the model's own."""
    inside = None if mask is None else mask.to(device=model.device, dtype=model.dtype)[None, None]  # (1, 1, T, T)
    logits: Tensor = model(ids, attention_mask=inside, use_cache=False).logits
    return logits


@torch.inference_mode()
def tried(mask_of: MaskOf, size: int, model: Any, ids: Tensor, seed: int) -> MaskCode:
    """The mask of `size` rows alone, then one of the text's length inside the model."""
    mask, logits = mask_of(size), logits_of(model, ids, mask_of(ids.shape[1]))
    lost = int(logits.isnan().sum())
    return MaskCode(
        size=size,
        nan_entries=int(mask.isnan().sum()),
        nan_rows=nan_rows(mask, seed),
        logits=logits.numel(),
        nan_logits=lost,
        gap=0.0 if lost else caching.gap(logits, logits_of(model, ids)),
    )


def nan_rows(mask: Tensor, seed: int) -> int:
    """Rows that turn into NaN when random scores plus the mask go through the softmax."""
    scores = torch.randn(mask.shape, generator=torch.Generator().manual_seed(seed))  # (L, L)
    return int(torch.softmax(scores + mask, dim=-1).isnan().any(-1).sum())


def late(mask: Tensor, seed: int) -> Late:
    """One head of width 16 with the mask (T, T)."""
    T = len(mask)
    q, k, v = torch.randn(3, T, 16, generator=torch.Generator().manual_seed(seed))  # each (T, d)
    changed = k.clone()
    changed[-1] += 1
    moved, sums = [], []
    for after_softmax in (False, True):
        before, after = (_head_weights(q, keys, mask, after_softmax) for keys in (k, changed))  # (T, T)
        moved.append(int(((after @ v - before @ v)[:-1].abs().amax(-1) > 0).sum()))
        sums.append(float(before.sum(-1).min()))
    return Late(T - 1, moved[0], moved[1], sums[1])


def _head_weights(q: Tensor, k: Tensor, mask: Tensor, after_softmax: bool) -> Tensor:
    scores = q @ k.T / math.sqrt(q.shape[-1])  # (T, T)
    if after_softmax:
        return scores.softmax(-1).masked_fill(mask < 0, 0)
    return (scores + mask).softmax(-1)


@torch.inference_mode()
def one_pass(model: Any, ids: Tensor) -> OnePass:
    """Read the text in three ways, then let the model write the second half."""
    length, half, cache = ids.shape[1], ids.shape[1] // 2, caching.empty_cache(model)
    whole = logits_of(model, ids)[0]  # (T, V)
    prefixes = torch.cat([caching.step(model, ids[:, : t + 1]) for t in range(length)])  # (T, V)
    steps = torch.cat([caching.step(model, ids[:, t : t + 1], cache) for t in range(length)])  # (T, V)
    own = caching.decode(model, ids[:, :half], length - half, cached=True).tokens  # (1, T / 2)
    after_own = caching.step(model, torch.cat((ids[:, :half], own), 1))  # (1, V)
    return OnePass(
        length=length,
        prefixes=caching.gap(prefixes, whole),
        steps=caching.gap(steps, whole),
        written=length - half,
        same=int((own == ids[:, half:]).sum()),
        astray=caching.gap(after_own, whole[-1:]),
    )
