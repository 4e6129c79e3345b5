"""Figures of agreement between a grader and people: F1 of points, false credit, correlation, with intervals.

Every figure but the macro F1 is worked out from sums over answers, so that answers can be drawn again cheaply.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ATTACKS = frozenset({"wrong", "stuffed", "injection"})
"""Kinds of answer that deserve nothing."""
QUIET = frozenset({"refutes", "excellent"})
"""Kinds of answer that hold no misconception."""
ACCEPTED = 0.5
"""Score from which an answer is accepted."""
DRAWN = 1_000_000
"""Answers that are drawn for one interval at most."""


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


Sums = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by what each answer adds (nothing where it does not count), and what the sums come to."""

    added: Callable[[Row], Sums | None]
    made_of: Callable[[Sums], float | None]

    def __call__(self, rows: Iterable[Row]) -> float | None:
        """The figure of these answers; nothing where none counts."""
        sums = [sum_ for row in rows if (sum_ := self.added(row)) is not None]
        return _rounded(self.made_of(_summed(Counter(sums)))) if sums else None

    def interval(self, rows: Sequence[Row], resamples: int, seed: int = 0) -> list[float] | None:
        """The middle 95 % of the figure over answers drawn again with replacement."""
        if self(rows) is None:
            return None
        # Answers that add the same are one kind with a weight, so that a draw is summed by kinds.
        kinds = Counter(self.added(row) for row in rows)
        listed, weights = list(kinds), list(kinds.values())
        draw = random.Random(seed)
        values = []
        for _ in range(min(resamples, max(200, DRAWN // len(rows)))):
            drawn = Counter(draw.choices(range(len(listed)), weights, k=len(rows)))
            counts = {sums: drawn[at] for at, sums in enumerate(listed) if sums is not None and drawn[at]}
            value = self.made_of(_summed(counts)) if counts else None
            values += [value] if value is not None else []
        values.sort()
        return [_round(values[int(share * (len(values) - 1))]) for share in (0.025, 0.975)] if values else None


def _summed(counts: Mapping[Sums, int]) -> Sums:
    columns = zip(*(tuple(times * value for value in sums) for sums, times in counts.items()), strict=True)
    return tuple(math.fsum(column) for column in columns)


def _rounded(value: float | None) -> float | None:
    return None if value is None else _round(value)


def _round(value: float) -> float:
    return round(value, 4)


def f1(sums: Sums) -> float | None:
    """F1 of what was right, falsely found and missed; nothing where there was nothing to find or found."""
    hit, false, missed = sums
    return 2 * hit / (2 * hit + false + missed) if hit + false + missed else None


def _share(sums: Sums) -> float | None:
    """The second of the first."""
    return sums[1] / sums[0] if sums[0] else None


def _counts(true: frozenset[str], graded: frozenset[str]) -> Sums:
    return len(true & graded), len(graded - true), len(true - graded)


def _points(row: Row) -> Sums | None:
    return None if row.true_points is None else _counts(row.true_points, row.found_points)


def _wrong(row: Row) -> Sums | None:
    return None if row.true_points is None else _counts(row.true_wrong, row.found_wrong)


def _undeserved(row: Row) -> Sums | None:
    """An answer that deserves nothing: slots without credit, slots credited, one answer, and whether it got any."""
    if row.kind not in ATTACKS or row.true_points is None:
        return None
    false = len(row.found_points - row.true_points)
    return len(row.points) - len(row.true_points), false, 1, bool(false)


def _alarm(row: Row) -> Sums | None:
    return (1, bool(row.found_wrong - row.true_wrong)) if row.kind in QUIET and row.true_points is not None else None


def _scores(row: Row) -> Sums | None:
    if row.true_score is None:
        return None
    true, graded = row.true_score, row.found_score
    return 1, true, graded, true * true, graded * graded, true * graded


def _correlation(sums: Sums) -> float | None:
    n, true, graded, true_squared, found_squared, both = sums
    spread = (n * true_squared - true * true) * (n * found_squared - graded * graded)
    # Pearson's r from sums; answers that all have one score have none.
    return (n * both - true * graded) / math.sqrt(spread) if n > 1 and spread > 1e-12 else None


def _root_mean_square(sums: Sums) -> float:
    n, _, _, true_squared, found_squared, both = sums
    return math.sqrt(max(0.0, true_squared + found_squared - 2 * both) / n)


def _accepted(row: Row) -> Sums | None:
    """Rightly and falsely accepted, rightly and falsely refused."""
    if not row.label:
        return None
    true, graded = row.label == "correct", row.found_score >= ACCEPTED
    return true and graded, graded and not true, not true and not graded, true and not graded


def _both_ways(sums: Sums) -> float:
    accepted, wrongly, refused, missed = sums
    return ((f1((accepted, wrongly, missed)) or 0.0) + (f1((refused, missed, wrongly)) or 0.0)) / 2


def _against(row: Row) -> Sums | None:
    return (1, row.found_score >= ACCEPTED) if row.label == "contradictory" else None


micro_f1 = Figure(_points, f1)
misconception_f1 = Figure(_wrong, f1)
false_credit_slots = Figure(_undeserved, lambda sums: _share(sums[:2]))
"""Of the points that answers which deserve nothing did not make, the share credited."""
false_credit_answers = Figure(_undeserved, lambda sums: _share(sums[2:]))
"""Of the answers that deserve nothing, the share with some credit."""
false_alarm = Figure(_alarm, _share)
"""Of the refuting and excellent answers, the share that is held to believe what they do not."""
pearson = Figure(_scores, _correlation)
rmse = Figure(_scores, _root_mean_square)
two_way_macro_f1 = Figure(_accepted, _both_ways)
"""Mean F1 of "correct" and "not correct", an answer counting as correct from a score of 0.5."""
accepted_contradictory = Figure(_against, _share)
"""Of the answers that contradict the reference, the share that is accepted."""

METRICS: dict[str, Figure] = {
    "micro_f1": micro_f1,
    "false_credit_answers": false_credit_answers,
    "false_credit_slots": false_credit_slots,
    "misconception_f1": misconception_f1,
    "false_alarm": false_alarm,
    "pearson": pearson,
    "rmse": rmse,
    "two_way_macro_f1": two_way_macro_f1,
    "accepted_contradictory": accepted_contradictory,
}


def macro_f1(rows: Sequence[Row]) -> float | None:
    """The mean of the F1 of every single key point that was ever said or credited."""
    per: dict[tuple[str, str], list[Sums]] = {}
    for row in rows:
        if row.true_points is not None:
            for point in row.points:
                single = frozenset({point})
                per.setdefault((row.question, point), []).append(
                    _counts(row.true_points & single, row.found_points & single)
                )
    # A point that nobody made and nobody was credited has no F1.
    values = [value for counts in per.values() if (value := f1(_summed(Counter(counts)))) is not None]
    return _round(sum(values) / len(values)) if values else None


def report(rows: Sequence[Row], resamples: int = 1000, seed: int = 0) -> dict[str, Any]:
    """All figures of one grader, the keys as `grade --bench --json` prints them."""
    figures: dict[str, Any] = {name: figure(rows) for name, figure in METRICS.items()}
    intervals = {name: figure.interval(rows, resamples, seed) for name, figure in METRICS.items()}
    return {
        "n": len(rows),
        **figures,
        "macro_f1": macro_f1(rows),
        "by_lang": _by(rows, lambda row: row.lang, resamples, seed),
        "by_kind": _by(rows, lambda row: row.kind, resamples, seed),
        "intervals": intervals,
    }


def _by(rows: Sequence[Row], key: Callable[[Row], str], resamples: int, seed: int) -> dict[str, Any]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {
        name: {
            "n": len(group),
            "micro_f1": micro_f1(group),
            "interval": micro_f1.interval(group, resamples, seed),
            "mean_score": _round(sum(row.found_score for row in group) / len(group)),
        }
        for name, group in sorted(groups.items())
    }
