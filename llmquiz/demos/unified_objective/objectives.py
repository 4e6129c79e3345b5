"""How many objectives a model has, read off its gradients, and how many passes an answer takes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import caching
from llmquiz.demos.unified_objective import language, models, train
from llmquiz.demos.unified_objective.claims import LENGTHS, TASKS


def outputs_used(name: str, model: Any, seed: int) -> tuple[tuple[int, ...], ...]:
    """For each task, which of the model's outputs its loss moves; the model is as it was afterwards."""
    text = language.testing_texts(32, LENGTHS[-1], torch.Generator().manual_seed(seed))  # (32, n)
    used, leaves = [], list[Tensor]()

    # the logits become leaves of the graph: the gradient ends there, and no weight is touched
    def as_leaf(_module: Any, _inputs: Any, logits: Tensor) -> Tensor:
        leaves.append(logits.detach().float().requires_grad_(True))  # (32, T, outputs)
        return leaves[-1]

    hook = models.output_layer(name, model).register_forward_hook(as_leaf)
    try:
        for number in range(len(TASKS)):
            with torch.enable_grad():
                loss = train.batch_loss(name, model, text, torch.full((len(text),), number))
            (gradient,) = torch.autograd.grad(loss, leaves.pop())  # (32, T, outputs)
            used.append(tuple(gradient.abs().sum((0, 1)).nonzero()[:, 0].tolist()))
    finally:
        hook.remove()
    return tuple(used)


def passes(name: str, model: Any) -> int:
    """Of the whole model or its decoder for one answer as long as the longest text."""
    with caching.counting(models.output_layer(name, model)) as calls:
        models.write(name, model, torch.zeros(1, LENGTHS[-1], dtype=torch.long), torch.tensor([0]))
    return len(calls)
