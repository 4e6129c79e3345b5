"""What a reader reaches on answers of the corpus: figures by part, language and manner, as the README has them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.grading.corpus import State
from tests.grading.reader.examples import Source


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chances from which a point is told met, a misconception held, a point partly said or contradicted."""

    met: float = 0.5
    held: float = 0.5
    partly: float = 0.5
    denied: float = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer and a statement: what is right, and what the reader gives each state."""

    question: str
    lang: str
    manner: str
    point: bool
    state: State
    chances: tuple[float, ...]

    def told(self, at: Thresholds) -> State:
        """The verdict."""
        says, partly, denies, _ = self.chances
        if says >= (at.met if self.point else at.held):
            return "says"
        if denies >= at.denied:
            return "denies"
        return "partly" if says + partly >= at.partly else "silent"


def pairs(sources: Sequence[Source], chances: Sequence[Sequence[tuple[float, ...]]]) -> list[Pair]:
    """All pairs of these answers and the statements of their questions."""
    return [
        Pair(
            s.question.id, s.answer.lang, s.answer.manner, statement.is_point, s.answer.label(statement.id).state, given
        )
        for s, listed in zip(sources, chances, strict=True)
        for statement, given in zip(s.question.statements, listed, strict=True)
    ]


def f1(judged: Iterable[Pair], at: Thresholds, state: State = "says") -> float:
    """The harmonic mean of precision and recall of one verdict."""
    verdicts = [(pair.told(at) == state, pair.state == state) for pair in judged]
    right = sum(given and true for given, true in verdicts)
    return 2 * right / max(1, sum(given + true for given, true in verdicts))


def share(judged: Iterable[Pair], of: Callable[[Pair], bool], counts: Callable[[Pair], bool]) -> float:
    """Of the pairs that are meant, the share that counts; 0 of none."""
    meant = [pair for pair in judged if of(pair)]
    return sum(map(counts, meant)) / max(1, len(meant))


def figures(judged: Sequence[Pair], at: Thresholds) -> dict[str, float]:
    """The figures that the README promises, by name; 0 to 1."""
    points = [pair for pair in judged if pair.point]
    beliefs = [pair for pair in judged if not pair.point]
    return {
        "points": f1(points, at),
        "points en": f1([pair for pair in points if pair.lang == "en"], at),
        "points zh": f1([pair for pair in points if pair.lang == "zh"], at),
        "partly": f1(points, at, "partly"),
        "made, told missing or contradicted": share(
            points, lambda p: p.state == "says", lambda p: p.told(at) in {"silent", "denies"}
        ),
        "made, told contradicted": share(points, lambda p: p.state == "says", lambda p: p.told(at) == "denies"),
        "not made, credited": share(points, lambda p: p.state in {"silent", "denies"}, lambda p: p.told(at) == "says"),
        "misconceptions": f1(beliefs, at),
        "false alarms": share(beliefs, lambda p: p.state != "says", lambda p: p.told(at) == "says"),
    }


def by_manner(judged: Sequence[Pair], at: Thresholds) -> dict[str, float]:
    """F1 of points for each manner."""
    points = [pair for pair in judged if pair.point]
    return {manner: f1([p for p in points if p.manner == manner], at) for manner in sorted({p.manner for p in points})}


def intervals(judged: Sequence[Pair], at: Thresholds, draws: int = 500) -> dict[str, tuple[float, float]]:
    """Where 95 % of each figure lies when the questions are drawn again."""
    by_question: dict[str, list[Pair]] = {}
    for pair in judged:
        by_question.setdefault(pair.question, []).append(pair)
    names, chance = sorted(by_question), random.Random(0)
    drawn = [
        figures([pair for name in chance.choices(names, k=len(names)) for pair in by_question[name]], at)
        for _ in range(draws)
    ]
    columns = {name: sorted(row[name] for row in drawn) for name in drawn[0]}
    return {name: (column[draws // 40], column[-draws // 40 - 1]) for name, column in columns.items()}


def calibrated(judged: Sequence[Pair]) -> Thresholds:
    """Thresholds on answers held out: best F1 of points, misconceptions and partly; denials nine in ten right."""
    steps = [step / 40 for step in range(2, 39)]
    points = [pair for pair in judged if pair.point]
    beliefs = [pair for pair in judged if not pair.point]
    met = max(steps, key=lambda step: f1(points, Thresholds(met=step, partly=1, denied=1)))
    held = max(steps, key=lambda step: f1(beliefs, Thresholds(held=step, partly=1, denied=1)))
    denied = next((step for step in steps if _right(points, Thresholds(met, held, 1, step)) >= 0.9), 1.0)
    partly = max(steps, key=lambda step: f1(points, Thresholds(met, held, step, denied), "partly"))
    return Thresholds(met, held, partly, denied)


def _right(judged: Iterable[Pair], at: Thresholds) -> float:
    """How often a verdict of denial is right."""
    denials = [pair for pair in judged if pair.told(at) == "denies"]
    return sum(pair.state == "denies" for pair in denials) / max(1, len(denials))


def table(judged: Sequence[Pair], at: Thresholds) -> Iterator[str]:
    """All figures with their intervals, as rows of Markdown."""
    yield "| | | 95 % |"
    yield "|---|---|---|"
    ranges = intervals(judged, at)
    for name, value in figures(judged, at).items():
        low, high = ranges[name]
        yield f"| {name} | {value:.3f} | {low:.2f}–{high:.2f} |"
    for manner, value in by_manner(judged, at).items():
        yield f"| {manner} | {value:.3f} | |"
