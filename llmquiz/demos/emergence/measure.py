"""One ladder of models scored twice: token by token, and by answers that count only where every token is right.

The jump of the second score is in the metric (Schaeffer et al., 2023): it is about the first one to the power of K.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.emergence.claims import SHORT, Answer, Exam, K, Result
from llmquiz.demos.lab import ladder, ladder_rungs
from llmquiz.demos.lab.run import Run

FEW, MANY = 100, 40_000
"""Answers of the two exams that the smallest model sits."""
SHOWN = (0, 1, 2, 5)
"""Rungs whose answers are written out."""


def measure(run: Run) -> Result:
    """Score every model both ways; `seed` draws the exams of the smallest, `quick` changes nothing."""
    rungs = ladder_rungs.tested(ladder.LADDER, **run.place, progress=run.part(0, 0.6))
    smallest, second, largest = (rungs[i].scores[0] for i in (0, 1, -1))
    at = ladder.LENGTHS.index(K)

    # the first choices of some models in one text, beside those of the language itself
    ids = ladder.exam()[:1, :K]  # (1, K)
    wanted = ladder.language().table[ids[0]].argmax(-1)  # (K, V) to (K,)
    models = {rungs[i].name: ladder_rungs.model(rungs[i].name, **run.place) for i in SHOWN}
    answers = tuple(Answer(name, _first_choices(model, ids)) for name, model in models.items())

    # the same model and the same kind of answer, a few and very many: a zero in the first need not be one
    few, many = (sit(models[rungs[0].name], smallest.right, count, run.seed) for count in (FEW, MANY))
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        entropy=ladder.language().entropy,
        rungs=rungs,
        lengths=ladder.LENGTHS,
        wanted=tuple(wanted.tolist()),
        answers=answers,
        few=few,
        many=many,
        right_largest=100 * largest.right,
        exact_largest=100 * largest.in_a_row[at],
        exact_second=100 * second.in_a_row[at],
    )


def _first_choices(model: Any, ids: Tensor) -> tuple[int, ...]:
    """What a model finds most probable behind each token of a text (1, T): T tokens."""
    return tuple(ladder.log_probabilities(model, ids)[0].argmax(-1).tolist())


def sit(model: Any, right: float, answers: int, seed: int) -> Exam:
    """So many answers of `SHORT` tokens, the first ones the same however many there are.

    `right`: the model's share of right tokens, from which the expectation is.
    """
    generator = torch.Generator().manual_seed(seed + 2_000_000)
    best = ladder.language().table.argmax(-1)  # (V,): the language's first choice behind each token
    per_batch = 500 * ladder.LENGTH // SHORT
    passed, left = 0, answers
    while left > 0:
        ids = ladder.texts(500, ladder.LENGTH, generator)  # (B, T)
        hits = ladder.log_probabilities(model, ids).argmax(-1) == best[ids]  # (B, T)
        whole = ladder.in_a_row(hits, SHORT).flatten()  # (B · T / SHORT,)
        passed += int(whole[:left].sum())
        left -= per_batch
    return Exam(answers, passed, right**SHORT)
