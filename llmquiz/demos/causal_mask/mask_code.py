"""Code that makes the mask, tried alone and inside a model; and a mask that comes too late, after the softmax."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.causal_mask.result import Late, MaskCode
from llmquiz.demos.lab import caching
from llmquiz.demos.lab.masks import logits_of

MaskOf = Callable[[int], Tensor]
"""From L to what is added to the scores, (L, L)."""


def causal_mask(L: int) -> Tensor:
    """What is added to the scores before the softmax: 0 for j ≤ i, −∞ for j > i; shape (L, L)."""
    return torch.full((L, L), float("-inf")).triu(1)


def sheet_mask(L: int) -> Tensor:
    """The line of many interview sheets, in which 0 · −∞ gives NaN; shape (L, L)."""
    inf = float("inf")  # a bare `inf` is not a name in Python
    return torch.triu(torch.ones(L, L), diagonal=1) * -inf


def blind_mask(L: int) -> Tensor:
    """The diagonal is masked as well, so that the first row sees nothing; shape (L, L)."""
    return torch.full((L, L), float("-inf")).triu(0)


@torch.inference_mode()
def try_mask(mask_of: MaskOf, size: int, model: Any, ids: Tensor, seed: int) -> MaskCode:
    """The mask of `size` rows alone, then one of the text's length inside the model; `ids` (1, T)."""
    mask, logits = mask_of(size), logits_of(model, ids, mask_of(ids.shape[1]))  # (size, size), (1, T, V)
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
    """Rows that turn into NaN when random scores plus the mask (L, L) go through the softmax."""
    scores = torch.randn(mask.shape, generator=torch.Generator().manual_seed(seed))  # (L, L)
    return int(torch.softmax(scores + mask, dim=-1).isnan().any(-1).sum())


def late(mask: Tensor, seed: int) -> Late:
    """One head of width 16 with the mask (T, T), before the softmax and after it."""
    T = len(mask)
    q, k, v = torch.randn(3, T, 16, generator=torch.Generator().manual_seed(seed))  # each (T, d)
    changed = k.clone()
    changed[-1] += 1  # of the last token, which no other row may see
    moved, sums = [], []
    for after_softmax in (False, True):
        before, after = (_head_weights(q, keys, mask, after_softmax) for keys in (k, changed))  # (T, T) both
        change = (after @ v - before @ v)[:-1]  # (T − 1, d): of the outputs before the last
        moved.append(int((change.abs().amax(-1) > 0).sum()))
        sums.append(float(before.sum(-1).min()))
    return Late(T - 1, moved[0], moved[1], sums[1])


def _head_weights(q: Tensor, k: Tensor, mask: Tensor, after_softmax: bool) -> Tensor:
    """(T, T), of q and k (T, d); masked after the softmax, a row keeps its denominator."""
    scores = q @ k.T / math.sqrt(q.shape[-1])  # (T, T)
    if after_softmax:
        return scores.softmax(-1).masked_fill(mask < 0, 0)
    return (scores + mask).softmax(-1)
