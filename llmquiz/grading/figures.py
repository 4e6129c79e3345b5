"""Figures of agreement between a grader and people: F1 of points, false credit, correlation, with intervals."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

ATTACKS = frozenset({"wrong", "stuffed", "injection"})
"""Kinds of answer that deserve nothing."""
QUIET = frozenset({"refutes", "excellent"})
"""Kinds of answer that hold no misconception."""
ACCEPTED = 0.5
"""Score from which an answer is accepted."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as people and as the grader judge it."""

    id: str
    question: str
    lang: str
    kind: str
    points: tuple[str, ...]
    true_points: frozenset[str] | None
    found_points: frozenset[str]
    true_wrong: frozenset[str]
    found_wrong: frozenset[str]
    true_score: float | None
    found_score: float
    label: str | None = None


Counts = tuple[int, int, int]
"""Right, falsely found, missed."""


def f1(counts: Iterable[Counts]) -> float | None:
    """F1 of summed counts; nothing where there was nothing to find and nothing was found."""
    hit, false, missed = (
        (sum(column) for column in zip(*counts, strict=True)) if (counts := list(counts)) else (0, 0, 0)
    )
    return _rounded(2 * hit / (2 * hit + false + missed)) if hit + false + missed else None


def point_counts(row: Row) -> Counts:
    """The points of one answer counted."""
    return _counts(row.true_points or frozenset(), row.found_points)


def _counts(true: frozenset[str], found: frozenset[str]) -> Counts:
    return len(true & found), len(found - true), len(true - found)


def macro_f1(rows: Sequence[Row]) -> float | None:
    """The mean of the F1 of every single key point that was ever said or credited."""
    per: dict[tuple[str, str], list[Counts]] = {}
    for row in rows:
        true = row.true_points or frozenset()
        for point in row.points:
            one = frozenset({point})
            per.setdefault((row.question, point), []).append(_counts(true & one, row.found_points & one))
    values = [value for counts in per.values() if (value := f1(counts)) is not None]
    return _rounded(sum(values) / len(values)) if values else None


def false_credit(rows: Iterable[Row]) -> tuple[float | None, float | None]:
    """Of the answers that deserve nothing, the share with some credit, and the share of their points credited."""
    attacks = [row for row in rows if row.kind in ATTACKS]
    slots = sum(len(row.points) - len(row.true_points or ()) for row in attacks)
    false = [len(row.found_points - (row.true_points or frozenset())) for row in attacks]
    if not attacks:
        return None, None
    return _rounded(sum(map(bool, false)) / len(attacks)), _rounded(sum(false) / slots) if slots else None


def false_alarm(rows: Iterable[Row]) -> float | None:
    """Of the refuting and excellent answers, the share that is held to believe what they do not."""
    quiet = [row for row in rows if row.kind in QUIET]
    return _rounded(sum(bool(row.found_wrong - row.true_wrong) for row in quiet) / len(quiet)) if quiet else None


def pearson(rows: Iterable[Row]) -> float | None:
    """Correlation of the two scores."""
    pairs = [(row.true_score, row.found_score) for row in rows if row.true_score is not None]
    if len(pairs) < 2:
        return None
    means = [sum(column) / len(pairs) for column in zip(*pairs, strict=True)]
    apart = [(true - means[0], found - means[1]) for true, found in pairs]
    spread = math.sqrt(sum(a * a for a, _ in apart) * sum(b * b for _, b in apart))
    return _rounded(sum(a * b for a, b in apart) / spread) if spread else None


def rmse(rows: Iterable[Row]) -> float | None:
    """Root of the mean squared difference of the two scores."""
    apart = [(row.true_score - row.found_score) ** 2 for row in rows if row.true_score is not None]
    return _rounded(math.sqrt(sum(apart) / len(apart))) if apart else None


def two_way_macro_f1(rows: Iterable[Row]) -> float | None:
    """Mean F1 of "correct" and "not correct", an answer counting as correct from a score of 0.5."""
    pairs = [(row.label == "correct", row.found_score >= ACCEPTED) for row in rows if row.label]
    if not pairs:
        return None
    sides = [
        f1([(int(a == b == side), int(b == side != a), int(a == side != b)) for a, b in pairs])
        for side in (True, False)
    ]
    return _rounded(sum(side or 0.0 for side in sides) / 2)


def accepted_contradictory(rows: Iterable[Row]) -> float | None:
    """Of the answers that contradict the reference, the share that is accepted."""
    against = [row for row in rows if row.label == "contradictory"]
    return _rounded(sum(row.found_score >= ACCEPTED for row in against) / len(against)) if against else None


def report(rows: Sequence[Row], resamples: int = 1000, seed: int = 0) -> dict[str, Any]:
    """All figures of one grader, the keys as `grade --bench --json` prints them."""
    pointed = [row for row in rows if row.true_points is not None]
    answers, slots = false_credit(pointed)
    return {
        "n": len(rows),
        "micro_f1": f1(map(point_counts, pointed)),
        "macro_f1": macro_f1(pointed),
        "by_lang": _by(rows, lambda row: row.lang, resamples, seed),
        "by_kind": _by(rows, lambda row: row.kind, resamples, seed),
        "false_credit_answers": answers,
        "false_credit_slots": slots,
        "misconception_f1": f1(_counts(row.true_wrong, row.found_wrong) for row in pointed),
        "false_alarm": false_alarm(pointed),
        "pearson": pearson(rows),
        "rmse": rmse(rows),
        "two_way_macro_f1": two_way_macro_f1(rows),
        "accepted_contradictory": accepted_contradictory(rows),
        "intervals": _intervals(rows, resamples, seed),
    }


def _by(rows: Sequence[Row], key: Callable[[Row], str], resamples: int, seed: int) -> dict[str, Any]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {
        name: {
            "n": len(group),
            "micro_f1": f1(point_counts(row) for row in group if row.true_points is not None),
            "interval": interval(group, _micro, resamples, seed),
        }
        for name, group in sorted(groups.items())
    }


def _micro(rows: Sequence[Row]) -> float | None:
    return f1(point_counts(row) for row in rows if row.true_points is not None)


def _intervals(rows: Sequence[Row], resamples: int, seed: int) -> dict[str, list[float] | None]:
    measures: dict[str, Callable[[Sequence[Row]], float | None]] = {
        "micro_f1": _micro,
        "misconception_f1": lambda some: f1(_counts(row.true_wrong, row.found_wrong) for row in some),
        "false_credit_answers": lambda some: false_credit(some)[0],
        "false_credit_slots": lambda some: false_credit(some)[1],
        "false_alarm": false_alarm,
        "pearson": pearson,
        "two_way_macro_f1": two_way_macro_f1,
        "accepted_contradictory": accepted_contradictory,
    }
    return {name: interval(rows, measure, resamples, seed) for name, measure in measures.items()}


def interval(
    rows: Sequence[Row], measure: Callable[[Sequence[Row]], float | None], resamples: int, seed: int
) -> list[float] | None:
    """The middle 95 % of a figure over answers drawn again with replacement."""
    if measure(rows) is None:
        return None
    draw = random.Random(seed)
    values = sorted(v for _ in range(resamples) if (v := measure(draw.choices(rows, k=len(rows)))) is not None)
    return [values[int(0.025 * len(values))], values[max(0, int(0.975 * len(values)) - 1)]] if values else None


def _rounded(value: float) -> float:
    return round(value, 4)
