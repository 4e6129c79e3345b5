"""How the three models are trained: the same texts, the same loss on each letter of the answer, as many steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab.training import Training
from llmquiz.demos.unified_objective import language, models
from llmquiz.demos.unified_objective.answers import exact_share
from llmquiz.demos.unified_objective.claims import LENGTHS, TASKS
from llmquiz.demos.unified_objective.language import END

BATCH = 64
IGNORED = -100
"""The label of a place without loss."""


def with_end(answer: Tensor) -> Tensor:
    """An END behind every answer (B, n); what follows the first END carries no loss: (B, n + 1)."""
    longer = torch.cat((answer, torch.full_like(answer[:, :1], END)), 1)  # (B, n + 1)
    return longer.masked_fill((longer == END).cumsum(1) > 1, IGNORED)


def batch_loss(name: str, model: Any, text: Tensor, tasks: Tensor) -> Tensor:
    """Mean cross-entropy of the letters of the answers, and of their ends where the model has to find them."""
    answer = language.answers(text, tasks)  # (B, n)
    text, tasks, answer = (ids.to(model.device) for ids in (text, tasks, answer))
    if name == "encoder-heads":
        logits = models.encoder_logits(model, text, tasks)  # (B, n, ANSWERS)
        return F.cross_entropy(logits.flatten(0, 1), answer.flatten())
    # teacher forcing: every place sees the true letters before it
    logits = models.WRITERS[name](model, models.question(text, tasks), answer)  # (B, n + 1, ANSWERS)
    return F.cross_entropy(logits.flatten(0, 1), with_end(answer).flatten(), ignore_index=IGNORED)


def loss(name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Of a batch of texts of one length, the tasks mixed: a scalar."""
    length = LENGTHS[int(torch.randint(0, len(LENGTHS), (1,), generator=generator))]
    tasks = torch.randint(0, len(TASKS), (BATCH,), generator=generator)  # (B,)
    return batch_loss(name, model, language.training_texts(BATCH, length, generator), tasks)


def figures(name: str, model: Any) -> Mapping[str, float]:
    """Share of exact answers, by task and on the whole."""
    shares = {task: exact_share(name, model, task, 0) for task in TASKS}
    return shares | {"mean": sum(shares.values()) / len(shares)}


TRAINING = Training(
    demo="unified-objective",
    data=f"texts of {LENGTHS[0]} to {LENGTHS[-1]} letters out of {language.LETTERS}, one of six tasks for each",
    steps=dict.fromkeys(models.MODELS, 1500),
    rates={"decoder": 1e-2, "encoder-decoder": 3e-3, "encoder-heads": 3e-3},
    build=models.untrained,
    loss=loss,
    figures=figures,
    best="mean",
    further={"batch": BATCH, "tasks": TASKS},
)
