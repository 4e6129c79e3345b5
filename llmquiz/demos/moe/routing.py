"""One layer of experts computed in several ways, each held against the layer of `transformers`.

Top-k routing with the softmax over the chosen logits is that of Mixtral (Jiang et al., 2024); the sparse gate goes
back to Shazeer et al. (2017), the dense mixture to Jacobs et al. (1991).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.caching import gap
from llmquiz.demos.moe.mixture import Expert, expert_of
from llmquiz.demos.moe.result import CHOSEN, EXPERTS, Routing


def moe(x: Tensor, router: Tensor, experts: list[Callable[[Tensor], Tensor]], k: int = 2) -> Tensor:
    """Top-k routing as in Mixtral: x (tokens, C), router (C, E); the gates of the chosen experts sum to one."""
    best, chosen = (x @ router).topk(k, dim=-1)  # both (tokens, k)
    gates = torch.softmax(best, dim=-1)  # (tokens, k)
    out = torch.zeros_like(x)  # (tokens, C)
    for e, expert in enumerate(experts):
        token, slot = (chosen == e).nonzero(as_tuple=True)  # n tokens chose this expert, each in one of its k slots
        out[token] += gates[token, slot, None] * expert(x[token])  # (n, 1) * (n, C)
    return out


@torch.inference_mode()
def routing(model: Any, layer: Callable[..., Tensor], *, seed: int, tokens: int = 64) -> Routing:
    """`layer(x, router, experts, k)` is the router under test; the inputs (tokens, C) are drawn."""
    block, router = model.model.layers[0].mlp, model.model.layers[0].mlp.gate.weight.T  # (C, E)
    x = torch.randn(tokens, router.shape[0], generator=torch.Generator().manual_seed(seed)).to(router)  # (tokens, C)
    rows: list[int] = []

    def counted(expert: Expert) -> Expert:
        return lambda part: rows.append(len(part)) or expert(part)  # type: ignore[func-returns-value]

    # the layer of transformers, and the one under test on the same weights
    experts = [counted(expert_of(block, e)) for e in range(EXPERTS)]
    theirs = block(x[None])[0]  # (tokens, C)
    ours, sparse_rows = layer(x, router, experts, k=CHOSEN), sum(rows)  # (tokens, C)

    # two ways to the same gates: softmax over the chosen logits, or over all and then divided by the chosen ones' sum
    logits = x @ router  # (tokens, E)
    best, chosen = logits.topk(CHOSEN, -1)  # both (tokens, k)
    gates, full = best.softmax(-1), logits.softmax(-1)  # (tokens, k), (tokens, E)
    full_of_chosen = full.gather(-1, chosen)  # (tokens, k)
    renormalised = full_of_chosen / full_of_chosen.sum(-1, keepdim=True)  # (tokens, k)

    # the sum over all experts: with gates that are zero outside the chosen ones, and with an ordinary softmax
    rows.clear()
    sparse_gates = torch.zeros_like(logits).scatter(-1, chosen, gates)  # (tokens, E)
    sparse = weighted(sparse_gates, x, experts)  # (tokens, C)
    dense_rows = sum(rows)
    return Routing(
        tokens=tokens,
        own_gap=gap(ours, theirs),
        renormalised_gap=gap(renormalised, gates),
        gate_sum_gap=float((gates.sum(-1) - 1).abs().max()),
        sparse_sum_gap=gap(sparse, theirs),
        dense_gap=gap(weighted(full, x, experts), theirs),
        rows=sparse_rows,
        dense_rows=dense_rows,
    )


def weighted(gates: Tensor, x: Tensor, experts: list[Expert]) -> Tensor:
    """The sum over all experts, every one of them run on every token: gates (tokens, E), x (tokens, C)."""
    # E times (tokens, 1) * (tokens, C) -> (E, tokens, C) -> (tokens, C)
    return torch.stack([gates[:, e, None] * expert(x) for e, expert in enumerate(experts)]).sum(0)
