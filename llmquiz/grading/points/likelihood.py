"""How likely an answer says each statement of a question: a logistic combination of what statements.py measures.

The weights in likelihood.json were fitted on tests/grading/tuning and tests/grading/dev by
`python -m tests.grading.tune`, which also says how well they do on questions left out. Two steps: each statement by
itself, then beside the others, since an answer that says a misconception rarely says the point that it denies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from llmquiz.grading import calibration
from llmquiz.grading.points.statements import AnswerMentions, Fit, Prepared, Statement

POINT_FEATURES = ("share", "lead", "lead_over_wrong", "size", "other", "conflict", "refuted", "product", "alien")
WRONG_FEATURES = ("lead", "count", "share", "conflict", "unique")


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely an answer says one statement, and where."""

    likely: float
    fit: Fit


@lru_cache(maxsize=1)
def weights() -> dict[str, list[float]]:
    """The constant and the weight of each feature, for each of the four steps."""
    loaded: dict[str, list[float]] = json.loads(Path(__file__).with_name("likelihood.json").read_text("utf-8"))
    return loaded


def features(prepared: Prepared, answer: AnswerMentions, points: int) -> list[tuple[dict[str, float], Fit]]:
    """The measures of each point and then of each misconception; statements come in pairs, one a language."""
    pairs = [prepared.statements[at : at + 2] for at in range(0, len(prepared.statements), 2)]
    fits = []
    for number, pair in enumerate(pairs):
        # A misconception that is refuted is not held; a point may well be made by refuting.
        without = answer.refuted if number >= points else frozenset()
        fits.append([answer.fit(statement, without) for statement in pair])
    best = [max(fit, key=lambda fit_: fit_.score) for fit in fits]
    rivals = {fit.window: _rivals(answer, pairs, fit) for fit in best}
    return [(_measures(number, fits, best, rivals, answer, points), best[number]) for number in range(len(pairs))]


def _rivals(answer: AnswerMentions, pairs: Sequence[Sequence[Statement]], fit: Fit) -> list[float]:
    """How well every statement fits the window of one."""
    return [max(answer.fit_at(statement, fit.window) for statement in pair) for pair in pairs]


def _measures(
    number: int,
    fits: list[list[Fit]],
    best: list[Fit],
    rivals: dict[tuple[int, int], list[float]],
    answer: AnswerMentions,
    points: int,
) -> dict[str, float]:
    fit = best[number]
    context = rivals[fit.window]
    # Compared at the same words: what another statement fits better is not said of this one.
    right = max((score for at, score in enumerate(context[:points]) if at != number), default=0.0)
    wrong = max((score for at, score in enumerate(context[points:], points) if at != number), default=0.0)
    # The statement in its other language: one that fits in both is hardly chance.
    other = min(fits[number], key=lambda candidate: candidate.score)
    clauses = range(fit.window[0], fit.window[1] + 1)
    return {
        "share": fit.share,
        "lead": fit.score - right,
        "lead_over_wrong": fit.score - wrong,
        "size": sum(answer.sizes[clause] for clause in clauses) / 10,
        "other": other.score,
        "conflict": fit.conflict,
        "refuted": float(any(clause in answer.refuted for clause in clauses)),
        "product": fit.share * other.share,
        "alien": answer.alien(fit.window),
        "count": math.log1p(fit.count),
        "unique": fit.unique,
    }


def chances(prepared: Prepared, answer: AnswerMentions, points: int) -> list[Chance]:
    """How likely the answer says each point and then each misconception."""
    measured = features(prepared, answer, points)
    alone = [
        logistic(weights()["point" if number < points else "wrong"], [values[name] for name in _names(number, points)])
        for number, (values, _) in enumerate(measured)
    ]
    return [
        Chance(_beside(alone, number, points) if enough(fit, number < points) else 0.0, fit)
        for number, (_, fit) in enumerate(measured)
    ]


def enough(fit: Fit, point: bool) -> bool:
    """Whether more than one word of a statement of several was found: a single one proves nothing.

    A misconception is told by words of its own, or by nearly all of its words: the points share the rest.
    """
    own = point or fit.unique >= calibration.OWN_WORDS or fit.share >= calibration.ALL_WORDS
    return own and len(fit.places) >= min(2, fit.slots)


def _names(number: int, points: int) -> tuple[str, ...]:
    return POINT_FEATURES if number < points else WRONG_FEATURES


def _beside(alone: Sequence[float], number: int, points: int) -> float:
    step = weights()["point beside" if number < points else "wrong beside"]
    return logistic(step, beside(alone, number, points))


def beside(alone: Sequence[float], number: int, points: int) -> list[float]:
    """The second step's measures: the first's verdict, the likeliest misconception, the other points."""
    right = [likely for at, likely in enumerate(alone[:points]) if at != number] or [0.0]
    wrong = [likely for at, likely in enumerate(alone[points:], points) if at != number] or [0.0]
    mean = sum(right) / len(right)
    first = [logit(alone[number]), max(wrong), mean]
    return first if number < points else [*first, max(right)]


def logit(likely: float) -> float:
    """The log odds, kept finite."""
    return math.log((likely + 1e-4) / (1 - likely + 1e-4))


def logistic(weighed: Sequence[float], values: Sequence[float]) -> float:
    """The probability by a constant and weights."""
    total = weighed[0] + sum(weight * value for weight, value in zip(weighed[1:], values, strict=True))
    # Beyond 30 it is 0 or 1 anyway, and exp might overflow.
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
