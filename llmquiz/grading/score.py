"""What a grader says: a Score, point by point, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PointState(StrEnum):
    """What became of one key point, or of the whole of a question with a single answer."""

    met = "met"
    partly = "partly"
    missing = "missing"
    contradicted = "contradicted"
    undecided = "undecided"
    """The grader cannot tell; never counted against the learner."""

    @property
    def credit(self) -> float:
        """What it earns, of 1."""
        return {PointState.met: 1.0, PointState.partly: 0.5}.get(self, 0.0)

    @property
    def lost(self) -> bool:
        """Whether it was decided, and not met."""
        return self in (PointState.partly, PointState.missing, PointState.contradicted)


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the answer: `answer[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PointScore:
    """The verdict on one key point; `id` is empty for a question with a single answer."""

    id: str
    state: PointState
    because: str = ""
    """The words of the answer that decided it."""
    spans: tuple[Span, ...] = ()
    weight: int = 1
    hinted: bool = False
    """A hint had given it away before the answer."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed beside the points: a misconception, an inaccurate term, a matter of style."""

    id: str
    because: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """What was understood, and why; computed from the points alone."""

    value: float
    """0 to 1: the weight of what was met (a half for partly) over the weight of what was decided."""
    points: tuple[PointScore, ...]
    misconceptions: tuple[Remark, ...] = ()
    terms: tuple[Remark, ...] = ()
    style: tuple[Remark, ...] = ()
    """ids: absolute, no-example, no-limits, too-long, too-short."""
    grader: str = "points"


def value_of(points: tuple[PointScore, ...]) -> float:
    """The score of `points`: a pure count by weight, the same every time."""
    decided = [point for point in points if point.state is not PointState.undecided]
    total = sum(point.weight for point in decided)
    return round(sum(point.weight * point.state.credit for point in decided) / total, 4) if total else 0.0
