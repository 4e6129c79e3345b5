"""What the mixture costs beside the dense models of equal active and of equal total size: bytes, operations, time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import counting, tiny
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.moe.result import Pass, Size, Work

LENGTHS = (1, 16, 128)
"""Tokens of the passes that are timed."""


def size(model: Any, idle: int = 0) -> Size:
    """`idle` parameters pass a token by."""
    parameters = tiny.parameters(model)
    return Size(tiny.describe(model), parameters, parameters - idle, tiny.weight_bytes(model))


def work(model: Any, active: Any, total: Any, *, seed: int, tokens: int = 64) -> Work:
    """The three models on the same ids."""
    ids, config = tiny.random_tokens(model, 1, tokens, seed=seed), model.config  # (1, T)
    return Work(
        tokens=tokens,
        mixture=mixture_operations(model, ids),
        router=2 * tokens * config.num_hidden_layers * config.num_local_experts * config.hidden_size,
        dense_active=operations(active, ids),
        dense_total=operations(total, ids),
    )


def operations(model: Any, ids: Tensor) -> int:
    """Floating-point operations of the matrix products of one pass over ids (B, T), counted as they are called."""
    with torch.inference_mode():
        return counting.operations(lambda: model(ids, use_cache=False))


def mixture_operations(model: Any, ids: Tensor) -> int:
    """The same for a mixture, expert by expert: the counter does not see into the grouped product."""
    usual = model.config._experts_implementation
    model.set_experts_implementation("eager")
    try:
        return operations(model, ids)
    finally:
        model.set_experts_implementation(usual)


def passes(model: Any, active: Any, total: Any, *, quick: bool, seed: int, device: str) -> tuple[Pass, ...]:
    """The three models in turn, at growing numbers of tokens."""
    models, measured = {"mixture": model, "dense_active": active, "dense_total": total}, []
    for tokens in LENGTHS:
        ids = tiny.random_tokens(model, 1, tokens, seed=seed)  # (1, T)
        with torch.inference_mode():
            cases = {name: _pass(each, ids) for name, each in models.items()}
            times = timed(cases, device=device, rounds=5 if quick else 7)
        measured.append(Pass(tokens, **times))
    return tuple(measured)


def _pass(model: Any, ids: Tensor) -> Callable[[], object]:
    return lambda: model(ids, use_cache=False)
