"""The two reasons that decided, each with what shows it; and the parts that a verdict is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from llmquiz.grading.score import PointState
from llmquiz.grading.text.read import fold
from llmquiz.interview import calibration
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.judge.question_outcome import QuestionOutcome
from llmquiz.interview.judge.structure import Structure
from llmquiz.interview.plan.pace import spoken
from llmquiz.interview.roles import role
from llmquiz.interview.turns import Exchange


class Recommendation(StrEnum):
    """Whether the interviewer would hire."""

    strong_no = "strong-no"
    no = "no"
    unsure = "unsure"
    yes = "yes"
    strong_yes = "strong-yes"

    @property
    def rank(self) -> int:
        """0 to 4; 3 and more pass."""
        return list(Recommendation).index(self)


@dataclass(frozen=True, slots=True)
class Area:
    """One area, 0 to 1, and what it weighs with this interviewer."""

    id: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the two reasons that decided."""

    area: str
    good: bool
    question: str = ""
    """The question that shows it."""
    point: str = ""
    """A key point or misconception of it, or a finding about structure."""
    words: str = ""
    """Words of the candidate."""


@dataclass(frozen=True, slots=True)
class Built:
    """The structure of the first answer to one open question."""

    exchange: Exchange
    structure: Structure


def reasons(
    step: Recommendation,
    gate: str,
    areas: Sequence[Area],
    outcomes: Sequence[QuestionOutcome],
    built: Sequence[Built],
    answered: Sequence[Exchange],
    hearing: Hearing,
) -> tuple[Reason, ...]:
    """The two areas that moved the score most in the direction of the verdict; one of each where it is undecided."""
    moved = sorted(areas, key=lambda area: area.weight * (area.value - calibration.EXPECTED))
    if step.rank >= Recommendation.yes.rank:
        chosen = [(area, True) for area in reversed(moved)][:2]
    elif step is Recommendation.unsure and not gate:
        chosen = [(moved[0], False), (moved[-1], True)]
    else:
        chosen = [(area, False) for area in moved][:2]
    if step.rank >= Recommendation.yes.rank:
        # Whoever passes was not stopped: a gate that only kept a yes from a strong one is no reason.
        gate = ""
    if gate and gate not in {area.id for area, _ in chosen}:
        chosen = [(next(area for area in areas if area.id == gate), False), chosen[0]]
    if gate:
        chosen.sort(key=lambda area_and_side: area_and_side[0].id != gate)
    # The best of a bad lot speaks for nobody.
    chosen = [(area, good and area.value >= calibration.SPEAKS_FOR) for area, good in chosen]
    return tuple(_witness(area.id, good, outcomes, built, answered, hearing) for area, good in chosen)


def _witness(
    area: str,
    good: bool,
    outcomes: Sequence[QuestionOutcome],
    built: Sequence[Built],
    answered: Sequence[Exchange],
    hearing: Hearing,
) -> Reason:
    """What shows it best."""
    match area:
        case "coverage":
            return _covering(good, outcomes)
        case "correctness":
            return _right(good, outcomes)
        case "structure":
            return _standing_structure(good, built)
        case "brevity":
            return _timing(good, answered, hearing)
        case _:
            return _evident(good, answered)


def _timing(good: bool, answered: Sequence[Exchange], hearing: Hearing) -> Reason:
    """The answer that kept least to its time, too `long` or too `short`."""
    worst = min(answered, key=lambda exchange: brevity(exchange, hearing), default=None)
    # Time that was kept shows in no single answer.
    if good or worst is None:
        return Reason("brevity", good)
    return Reason("brevity", good, worst.turn.question, "long" if length(worst, hearing) > 1 else "short")


def _covering(good: bool, outcomes: Sequence[QuestionOutcome]) -> Reason:
    known = [outcome for outcome in outcomes if outcome.coverage is not None]
    if not known:
        return Reason("coverage", good)
    shows = max(known, key=lambda it: it.weight * ((it.coverage or 0.0) if good else 1 - (it.coverage or 0.0)))
    missed = [point for point in shows.points if point.state in (PointState.missing, PointState.partly)]
    point = "" if good or not missed else max(missed, key=lambda point: point.weight).id
    return Reason("coverage", good, shows.exchange.turn.question, point)


def _right(good: bool, outcomes: Sequence[QuestionOutcome]) -> Reason:
    for outcome in () if good else outcomes:
        name = outcome.exchange.turn.question
        for wrong in outcome.misconceptions:
            return Reason("correctness", good, name, wrong.id, wrong.because)
        for point in outcome.points:
            if point.state is PointState.contradicted:
                return Reason("correctness", good, name, point.id, point.because)
            if outcome.single and point.state is PointState.missing and not outcome.exchange.reply.empty:
                return Reason("correctness", good, name, "", outcome.exchange.reply.text.strip())
    return Reason("correctness", good)


def _standing_structure(good: bool, built: Sequence[Built]) -> Reason:
    for structured in built:
        for check in structured.structure.checks:
            if check.wanted and check.passed == good and (not good or check.words):
                return Reason("structure", good, structured.exchange.turn.question, check.id, check.words)
    return Reason("structure", good)


def _evident(good: bool, answered: Sequence[Exchange]) -> Reason:
    for exchange in answered:
        if exchange.turn.kind == "open" and not exchange.reply.empty:
            match = role("example").search(fold(exchange.reply.text)[0])
            if bool(match) == good:
                return Reason("evidence", good, exchange.turn.question, "", match.group() if match else "")
    return Reason("evidence", good)


def brevity(exchange: Exchange, hearing: Hearing) -> float:
    """1 within the budget, less the further beyond; nothing said is not brief."""
    over = length(exchange, hearing)
    if over == 0:
        return 0.0
    # A straight line from 1 at LATE budgets to 0 at ENDLESS.
    late, endless = calibration.LATE, calibration.ENDLESS
    if over > late:
        return max(0.0, 1 - (over - late) / (endless - late))
    # Nobody is too short in a line.
    least = calibration.LEAST_LENGTH if exchange.turn.kind == "open" and exchange.turn.depth != "one-line" else 0.0
    return 1.0 if over >= least else over / least


def length(exchange: Exchange, hearing: Hearing) -> float:
    """How long an answer was, in budgets: of words and of time, whichever is more. 0 where nothing was said."""
    if exchange.reply.empty:
        return 0.0
    seconds = exchange.turn.seconds
    return max(spoken(exchange.reply.text) / seconds, exchange.reply.seconds / hearing.plan.pace.allowed(seconds))
