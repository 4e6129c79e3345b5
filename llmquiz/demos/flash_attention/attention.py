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
"""Queries, and keys, of a tile."""


def eager(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """As the formula reads: all scores, mask, softmax, mix. The T queries may be the last of S tokens."""
    T, S = q.shape[-2], k.shape[-2]
    scores = q @ k.mT * q.shape[-1] ** -0.5  # (1, H, T, d) x (1, H, d, S) -> (1, H, T, S)
    future = torch.ones(T, S, dtype=torch.bool, device=q.device).triu(S - T + 1)  # (T, S)
    weights = scores.masked_fill(future, float("-inf")).softmax(-1)  # (1, H, T, S)
    return torch.matmul(weights, v)  # (1, H, T, S) x (1, H, S, d) -> (1, H, T, d)


def tiled(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Tile by tile, with the largest score and the sum of the weights so far for each query.

    A softmax over scores that come piece by piece: whenever a larger score turns up, what was summed before is shrunk
    by exp(old largest - new largest), and only the end divides by the sum.
    """
    out, N = torch.empty_like(q), q.shape[-2]  # (1, H, N, d)
    for start in range(0, N, BLOCK):
        rows = q[:, :, start : start + BLOCK] * q.shape[-1] ** -0.5  # (1, H, b, d)
        largest = rows.new_full((*rows.shape[:-1], 1), float("-inf"))  # (1, H, b, 1)
        total, mixed = torch.zeros_like(largest), torch.zeros_like(rows)  # (1, H, b, 1), (1, H, b, d)
        for left in range(0, start + 1, BLOCK):  # tiles of the future are never looked at
            keys, values = k[:, :, left : left + BLOCK], v[:, :, left : left + BLOCK]  # (1, H, b, d)
            scores = rows @ keys.mT  # (1, H, b, b)
            if left == start:
                future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)  # (b, b)
                scores = scores.masked_fill(future, float("-inf"))
            highest = torch.maximum(largest, scores.amax(-1, keepdim=True))  # (1, H, b, 1)
            weights, shrink = (scores - highest).exp(), (largest - highest).exp()  # (1, H, b, b), (1, H, b, 1)
            total = total * shrink + weights.sum(-1, keepdim=True)  # (1, H, b, 1)
            mixed = mixed * shrink + weights @ values  # (1, H, b, b) x (1, H, b, d) -> (1, H, b, d)
            largest = highest
        out[:, :, start : start + BLOCK] = mixed / total
    return out


def fused(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The kernel that torch chooses here: FlashAttention for the CPU, one of several on CUDA."""
    # a single query is the last one and sees everything: it needs no mask
    return F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[-2] == k.shape[-2])


BY_KIND: dict[str, Attention] = {"eager": eager, "tiled": tiled, "fused": fused}


def random_qkv(
    tokens: int, *, heads: int, width: int, device: str, dtype: str, seed: int
) -> tuple[Tensor, Tensor, Tensor]:
    """q, k, v from a normal distribution, each (1, H, N, d)."""
    generator = torch.Generator().manual_seed(seed)
    normal = torch.randn(3, 1, heads, tokens, width, generator=generator)  # (3, 1, H, N, d)
    q, k, v = normal.to(device=device, dtype=DTYPES[dtype]).unbind()
    return q, k, v


def work(*, kind: str, tokens: int, queries: int | None = None, **settings: Any) -> Callable[[], object]:
    """For `peak_memory.peak_bytes`: one attention over `tokens` keys, by as many queries or the last `queries`."""
    q, k, v = random_qkv(tokens, **settings)
    asked = q if queries is None else q[:, :, -queries:]  # (1, H, queries, d)

    @torch.inference_mode()
    def run() -> object:
        return BY_KIND[kind](asked, k, v)

    with torch.inference_mode():  # what the first call alone takes
        BY_KIND[kind](*(part[:, :, :64] for part in (q, k, v)))
    return run
