"""Causal attention in three ways: with the whole score matrix, in tiles by hand, and by the fused kernel of torch.

The tiles are FlashAttention's idea (Dao et al., 2022; the running softmax is Milakov and Gimelshein's, 2018) without
its kernel. No import of transformers: processes that measure peak memory load this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab.devices import DTYPES

Attention = Callable[[Tensor, Tensor, Tensor], Tensor]
"""q, k, v, each (1, H, N, d), to the mixed values (1, H, N, d)."""
BLOCK = 128


def eager(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """As the formula reads: all scores, mask, softmax, mix."""
    T, S = q.shape[-2], k.shape[-2]
    scores = q @ k.mT * q.shape[-1] ** -0.5  # (1, H, T, S)
    future = torch.ones(T, S, dtype=torch.bool, device=q.device).triu(S - T + 1)
    weights = scores.masked_fill(future, float("-inf")).softmax(-1)
    return torch.matmul(weights, v)


def tiled(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Tile by tile, with the largest score and the sum of the weights so far for each query."""
    out, N = torch.empty_like(q), q.shape[-2]
    for start in range(0, N, BLOCK):
        rows = q[:, :, start : start + BLOCK] * q.shape[-1] ** -0.5  # (1, H, b, d)
        largest = rows.new_full((*rows.shape[:-1], 1), float("-inf"))  # (1, H, b, 1)
        total, mixed = torch.zeros_like(largest), torch.zeros_like(rows)
        for left in range(0, start + 1, BLOCK):  # tiles of the future are never looked at
            keys, values = k[:, :, left : left + BLOCK], v[:, :, left : left + BLOCK]  # (1, H, b, d)
            scores = rows @ keys.mT  # (1, H, b, b)
            if left == start:
                future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
                scores = scores.masked_fill(future, float("-inf"))
            highest = torch.maximum(largest, scores.amax(-1, keepdim=True))
            weights, shrink = (scores - highest).exp(), (largest - highest).exp()
            total = total * shrink + weights.sum(-1, keepdim=True)
            mixed = mixed * shrink + weights @ values
            largest = highest
        out[:, :, start : start + BLOCK] = mixed / total
    return out


def fused(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The kernel that torch chooses here: FlashAttention for the CPU, one of several on CUDA."""
    return F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[-2] == k.shape[-2])


KINDS: dict[str, Attention] = {"eager": eager, "tiled": tiled, "fused": fused}


def drawn(tokens: int, *, heads: int, width: int, device: str, dtype: str, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """q, k, v from a normal distribution."""
    generator = torch.Generator().manual_seed(seed)
    parts = torch.randn(3, 1, heads, tokens, width, generator=generator).to(device=device, dtype=DTYPES[dtype])
    q, k, v = parts.unbind()
    return q, k, v


def work(*, kind: str, tokens: int, queries: int | None = None, **settings: Any) -> Callable[[], object]:
    """For `_memory.peak_bytes`: one attention over `tokens` keys, by as many queries or the last `queries` of them."""
    q, k, v = drawn(tokens, **settings)
    asked = q if queries is None else q[:, :, -queries:]

    @torch.inference_mode()
    def run() -> object:
        return KINDS[kind](asked, k, v)

    with torch.inference_mode():  # what the first call alone takes
        KINDS[kind](*(part[:, :, :64] for part in (q, k, v)))
    return run
