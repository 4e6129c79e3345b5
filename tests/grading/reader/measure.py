"""What a reader reaches on answers of the corpus: figures by part, language and manner, as the README has them."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.grading.reader.judging import LEAST, Evidence, Scaling, Thresholds
from llmquiz.grading.reader.judging import STATES as NETWORK
from llmquiz.grading.score import PointState
from tests.grading.corpus import STATES, State
from tests.grading.reader.examples import Source


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer and a statement: what is right, and what the reader goes by."""

    question: str
    answer: str
    lang: str
    manner: str
    point: bool
    state: State
    evidence: Evidence

    def told(self, at: Thresholds) -> PointState:
        """The verdict; of a misconception, met where it is held."""
        if self.point:
            return at.state(self.evidence)
        return PointState.met if at.believed(self.evidence) else PointState.missing


def pairs(sources: Sequence[Source], read: Sequence[Sequence[Evidence]]) -> list[Pair]:
    """All pairs of these answers and the statements of their questions."""
    return [
        Pair(
            s.question.id,
            s.answer.key,
            s.answer.lang,
            s.answer.manner,
            statement.is_point,
            s.answer.label(statement.id).state,
            given,
        )
        for s, listed in zip(sources, read, strict=True)
        for statement, given in zip(s.question.statements, listed, strict=True)
    ]


TRUE: Mapping[PointState, State] = {
    PointState.met: "says",
    PointState.partly: "partly",
    PointState.contradicted: "denies",
    PointState.missing: "silent",
}


def f1(judged: Iterable[Pair], at: Thresholds, verdict: PointState = PointState.met) -> float:
    """The harmonic mean of precision and recall of one verdict."""
    verdicts = [(pair.told(at) is verdict, pair.state == TRUE[verdict]) for pair in judged]
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
    verdicts = {id(pair): pair.told(at) for pair in judged}

    return {
        "points": f1(points, at),
        "points en": f1([pair for pair in points if pair.lang == "en"], at),
        "points zh": f1([pair for pair in points if pair.lang == "zh"], at),
        "made, told missing or contradicted": share(
            points,
            lambda p: p.state == "says",
            lambda p: verdicts[id(p)] in (PointState.missing, PointState.contradicted),
        ),
        "made, told contradicted": share(
            points, lambda p: p.state == "says", lambda p: verdicts[id(p)] is PointState.contradicted
        ),
        "not made, credited": share(
            points, lambda p: p.state in ("silent", "denies"), lambda p: verdicts[id(p)] is PointState.met
        ),
        "told partly, partly or wholly made": share(
            points, lambda p: verdicts[id(p)] is PointState.partly, lambda p: p.state in ("says", "partly")
        ),
        "told partly, partly made": share(
            points, lambda p: verdicts[id(p)] is PointState.partly, lambda p: p.state == "partly"
        ),
        "told contradicted, denied": share(
            points, lambda p: verdicts[id(p)] is PointState.contradicted, lambda p: p.state == "denies"
        ),
        "undecided": share(points, lambda p: True, lambda p: verdicts[id(p)] is PointState.undecided),
        "undecided, made or partly made": share(
            points, lambda p: verdicts[id(p)] is PointState.undecided, lambda p: p.state in ("says", "partly")
        ),
        "misconceptions": f1(beliefs, at),
        "false alarms": share(beliefs, lambda p: p.state != "says", lambda p: verdicts[id(p)] is PointState.met),
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


AS_GOOD = 0.005
"""F1 by which nothing is better: of thresholds that are as good the strictest gives least undeserved credit."""
STEPS = [step / 50 for step in range(2, 50)]
OFF = 2.0
"""A chance that nothing reaches."""


def calibrated(judged: Sequence[Pair]) -> Thresholds:
    """Scalings and thresholds on answers held out: best F1 of points and misconceptions, other verdicts right enough.

    Of nine denials eight are right; what is told partly is so more often than not; even those of which the reader is
    least sure are asked back only where one in two is said, or half said.
    """
    points = [pair for pair in judged if pair.point]
    beliefs = [pair for pair in judged if not pair.point]
    only = Thresholds(scaled(points), scaled(beliefs), OFF, OFF, OFF, OFF, OFF)
    met = _strictest({step: f1(points, replace(only, met=step)) for step in STEPS})
    held = _strictest({step: f1(beliefs, replace(only, held=step)) for step in STEPS})
    at = replace(only, met=met, held=held)
    for name, verdict, right, least in (
        ("denied", PointState.contradicted, {"denies"}, 8 / 9),
        ("partly", PointState.partly, {"partly"}, 0.5),
    ):
        tried = (replace(at, **{name: step}) for step in STEPS)
        at = next((trial for trial in tried if _right(points, trial, verdict, right) >= least), at)
    spoken = {id(pair): sum(at.points(pair.evidence)[:2]) for pair in points}
    for step in STEPS:
        asked = replace(at, undecided=step)
        edge = [pair for pair in points if step <= spoken[id(pair)] < step + 0.1]
        if _right(edge, asked, PointState.undecided, {"says", "partly"}) >= 0.5:
            return asked
    return at


def _strictest(reached: Mapping[float, float]) -> float:
    return max(step for step, value in reached.items() if value >= max(reached.values()) - AS_GOOD)


def scaled(judged: Sequence[Pair], ridge: float = 0.005) -> Scaling:
    """The scaling under which what is right is likeliest, its weights kept small where little speaks for them."""
    if not judged:
        return Scaling()
    read = torch.tensor([pair.evidence for pair in judged])
    inputs = torch.cat([read[:, :NETWORK].clamp(min=LEAST).log(), read[:, NETWORK:]], 1)
    # Alike in size, so that the ridge is as hard on one as on another; as small for one that is always the same.
    mean, spread = inputs.mean(0), inputs.std(0).clamp(min=LEAST)
    right = torch.tensor([STATES.index(pair.state) for pair in judged])
    weights = torch.zeros(len(STATES), inputs.shape[1], requires_grad=True)
    bias = torch.zeros(len(STATES), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=200)

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy((inputs - mean) / spread @ weights.T + bias, right) + ridge * weights.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    scaled_back = weights.detach() / spread
    start = bias.detach() - scaled_back @ mean
    rows = (tuple(round(x, 4) for x in row) for row in scaled_back.tolist())
    return Scaling(tuple(rows), tuple(round(x, 4) for x in start.tolist()))


def _right(judged: Iterable[Pair], at: Thresholds, verdict: PointState, right: Container[State]) -> float:
    """How often a verdict is right; 0 where it is never given."""
    return share(judged, lambda pair: pair.told(at) is verdict, lambda pair: pair.state in right)


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
