"""What the models answer to held-out texts: how often to the last letter, and where not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.unified_objective import language, models
from llmquiz.demos.unified_objective.claims import LENGTHS, TASKS, Answered

TESTED = 200
"""Texts of each length and task."""


def tested_texts(length: int, seed: int) -> Tensor:
    """The texts on which every task is tested, (TESTED, length)."""
    return language.testing_texts(TESTED, length, torch.Generator().manual_seed(10_000 + seed))


def exact_share(name: str, model: Any, task: str, seed: int) -> float:
    """Share of held-out texts whose answer is right to the last letter."""
    right = []
    for length in LENGTHS:
        text = tested_texts(length, seed)  # (B, n)
        tasks = torch.full((len(text),), TASKS.index(task))  # (B,)
        right.append((models.write(name, model, text, tasks) == language.answers(text, tasks)).all(1))  # (B,)
    return float(torch.cat(right).float().mean())


def seen_in_training(count: int, seed: int) -> int:
    """How many of the tested texts occur among so many training texts."""
    generator, seen = torch.Generator().manual_seed(seed), 0
    for length in LENGTHS:
        trained = language.training_texts(count // len(LENGTHS), length, generator)  # (count / 3, n)
        tested = tested_texts(length, seed)  # (B, n)
        # a text read as a number of n digits, so that texts are compared as numbers
        digits = language.LETTERS ** torch.arange(length)  # (n,)
        seen += int(torch.isin((tested * digits).sum(1), (trained * digits).sum(1)).sum())
    return seen


def answered(by_name: Mapping[str, Any], text: Tensor) -> tuple[Answered, ...]:
    """All tasks on a text (1, n), by every model."""
    answers = []
    for number, task in enumerate(TASKS):
        tasks = torch.tensor([number])  # (1,)
        written = tuple((name, _spelled(models.write(name, model, text, tasks))) for name, model in by_name.items())
        answers.append(Answered(_spelled(text), task, _spelled(language.answers(text, tasks)), written))
    return tuple(answers)


def slip(name: str, model: Any, seed: int) -> Answered | None:
    """The first wrong answer to the tested texts, on the task with the most of them; None where all are right."""
    text = tested_texts(LENGTHS[-1], seed)  # (B, n)
    most, worst = 0, None
    for number, task in enumerate(TASKS):
        tasks = torch.full((len(text),), number)  # (B,)
        written, true = models.write(name, model, text, tasks), language.answers(text, tasks)  # both (B, n)
        wrong = (written != true).any(1).nonzero()[:, 0].tolist()  # rows
        if len(wrong) > most:
            asked, right, answer = (_spelled(ids[wrong[:1]]) for ids in (text, true, written))
            most, worst = len(wrong), Answered(asked, task, right, ((name, answer),))
    return worst


def _spelled(ids: Tensor) -> str:
    """Ids (1, n) as letters."""
    return language.spelled(ids[0].tolist())
