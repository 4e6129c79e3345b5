"""How long this learner takes for a question, reading its verdict included. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil
from statistics import median

AT_FIRST: Mapping[str, float] = {"open": 240.0, "claim": 75.0, "code": 75.0, "prediction": 60.0, "order": 60.0}
OTHERS = 35.0
"""Seconds of a question of a kind that was not answered yet: an open one takes minutes, a number or a term a glance."""
ENOUGH = 3
"""Answers of a kind from which on the learner's own pace counts."""
PAUSE = 900.0
"""Seconds between two answers from which on it was a pause, not a question."""


class Pace:
    """Seconds a question, kind by kind."""

    def __init__(self, taken: Iterable[tuple[str, float]]) -> None:
        """`taken`: kind and seconds of questions answered."""
        by_kind: defaultdict[str, list[float]] = defaultdict(list)
        for kind, seconds in taken:
            by_kind[kind].append(seconds)
        self._seconds = {kind: median(times) for kind, times in by_kind.items() if len(times) >= ENOUGH}

    def seconds(self, kind: str) -> float:
        """What a question of `kind` takes."""
        return self._seconds.get(kind, AT_FIRST.get(kind, OTHERS))

    def seconds_of(self, kinds: Iterable[str]) -> float:
        """What questions of these kinds take together."""
        return sum(map(self.seconds, kinds))

    def minutes(self, kinds: Iterable[str]) -> int:
        """What questions of these kinds take together, rounded up."""
        return ceil(self.seconds_of(kinds) / 60)


def gaps(answers: Iterable[tuple[str, str, float, float]]) -> list[tuple[str, float]]:
    """Question and seconds of each answer, from (question, sitting, moment in seconds, seconds typed), oldest first.

    What lies between two answers of a sitting is reading and typing both; of the first only the typing is known.
    """
    taken, last, before = [], "", 0.0
    for question, sitting, at, typed in answers:
        between = at - before if sitting == last else typed
        taken.append((question, between if typed <= between <= PAUSE else typed))
        last, before = sitting, at
    return taken
