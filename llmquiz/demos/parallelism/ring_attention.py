"""Ring attention: each process holds a part of the text, and keys and values go round (Liu et al., 2023).

Forwards every process adds up its queries' attention block by block, with a running maximum and a running sum as
FlashAttention does (Dao et al., 2022); backwards keys and values go round once more and their gradients travel with
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from llmquiz.demos.parallelism.comm import Wire


@dataclass(slots=True)
class Ring:
    """How a text of `length` tokens is dealt out, and what the attention over it takes."""

    wire: Wire
    length: int
    striped: bool = False
    """Token i goes to process i mod p (Brandon et al., 2023, Striped Attention); otherwise in stretches."""
    causal: bool = True
    pairs: list[list[int]] = field(default_factory=list)
    """Layer by layer, pairs of a query and a key that were computed, step by step of the ring."""
    forward_bytes: int = 0
    backward_bytes: int = 0
    held_bytes: int = 0
    """Keys and values of this process's own tokens."""

    def positions(self, rank: int) -> Tensor:
        """The places in the text of a process's tokens, (n,) with n = T / p."""
        n, every = self.length // self.wire.size, torch.arange(self.length)  # (T,)
        return every[rank :: self.wire.size] if self.striped else every[rank * n : (rank + 1) * n]

    def seen(self, step: int, device: torch.device) -> Tensor:
        """Which of this process's queries sees which of the keys that are here after `step` shifts: (n, n)."""
        queries = self.positions(self.wire.rank)  # (n,)
        keys = self.positions((self.wire.rank - step) % self.wire.size)  # (n,), those of the process `step` before
        if not self.causal:
            return torch.ones(len(queries), len(keys), dtype=torch.bool, device=device)
        return (queries[:, None] >= keys[None]).to(device)


class RingAttention(torch.autograd.Function):
    """Exact attention of the own queries over all keys: q, k, v (B, H, n, d) -> (B, H, n, d)."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, scale: float, ring: Ring) -> Tensor:
        wire, sent, pairs = ring.wire, ring.wire.sent, []
        top = torch.full_like(q[..., :1], -torch.inf)  # (B, H, n, 1), the largest score so far
        total, out = torch.zeros_like(top), torch.zeros_like(q)  # (B, H, n, 1), (B, H, n, d), both relative to top
        here = torch.stack((k, v))  # (2, B, H, n, d), whose keys and values are here
        for step in range(wire.size):
            mask = ring.seen(step, q.device)  # (n, n)
            pairs.append(int(mask.sum()))
            if pairs[-1]:  # a block that nobody sees is passed on, not computed
                scores = (q @ here[0].mT * scale).masked_fill(~mask, -torch.inf)  # (B, H, n, n)
                new_top = torch.maximum(top, scores.amax(-1, keepdim=True))  # (B, H, n, 1)
                # what was added up under a smaller maximum shrinks by exp(top - new_top)
                weights, old = torch.exp(scores - new_top), torch.exp(top - new_top)  # (B, H, n, n), (B, H, n, 1)
                total = total * old + weights.sum(-1, keepdim=True)
                out = out * old + weights @ here[1]  # (B, H, n, n) @ (B, H, n, d)
                top = new_top
            if step < wire.size - 1:
                here = wire.shift(here)
        out = out / total
        ctx.save_for_backward(q, k, v, out, top + total.log())  # the last: log of the sum of exp(score), (B, H, n, 1)
        ctx.scale, ctx.ring = scale, ring
        ring.pairs.append(pairs)
        ring.forward_bytes += wire.sent - sent
        ring.held_bytes += k.nbytes + v.nbytes
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        q, k, v, out, normalizer = ctx.saved_tensors
        ring, scale = ctx.ring, ctx.scale
        wire, sent = ring.wire, ring.wire.sent
        here, dq = torch.stack((k, v)), torch.zeros_like(q)  # (2, B, H, n, d), (B, H, n, d)
        travelling = torch.zeros_like(here)  # (2, B, H, n, d), gradients of the keys and values that are here
        # through the softmax: dS = P * (dO V^T - rowsum(dO * O)), so P is made anew from the scores (Dao et al., 2022)
        sums = (gradient * out).sum(-1, keepdim=True)  # (B, H, n, 1)
        for step in range(wire.size):
            mask = ring.seen(step, q.device)  # (n, n)
            if mask.any():
                scores = (q @ here[0].mT * scale).masked_fill(~mask, -torch.inf)  # (B, H, n, n)
                weights = torch.exp(scores - normalizer)  # (B, H, n, n)
                ds = weights * (gradient @ here[1].mT - sums) * scale  # (B, H, n, n)
                dq += ds @ here[0]
                travelling[0] += ds.mT @ q  # (B, H, n, d), of the keys
                travelling[1] += weights.mT @ gradient  # (B, H, n, d), of the values
            if step < wire.size - 1:
                here = wire.shift(here)
            travelling = wire.shift(travelling)  # after the last step they are back where they belong
        ring.backward_bytes += wire.sent - sent
        return dq, travelling[0], travelling[1], None, None


def use(model: Any, ring: Ring) -> Any:
    """Let the model's attention go over the ring; it must be given the positions of its tokens."""

    def attention(
        _: Any, query: Tensor, key: Tensor, value: Tensor, mask: Any, scaling: float, **__: Any
    ) -> tuple[Tensor, None]:
        out: Tensor = RingAttention.apply(query, key, value, scaling, ring)  # type: ignore[no-untyped-call]
        return out.transpose(1, 2), None  # (B, n, H, d)

    ALL_ATTENTION_FUNCTIONS.register("llmquiz-ring", attention)
    model.set_attn_implementation("llmquiz-ring")
    return model
