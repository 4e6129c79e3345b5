"""The verdict: five areas weighed as the interviewer weighs them, a step of five, and the two reasons that decided.

Three areas can close the door whatever the rest comes to: who says much that is wrong, covers next to nothing, or does
not come to an end, does not pass. A known misconception costs as much as two right points earn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmquiz.grading.score import PointState
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.read import fold
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.judge.outcome import QuestionOutcome
from llmquiz.interview.judge.reasons import Area, Built, Reason, Step, brevity, reasons
from llmquiz.interview.roles import role
from llmquiz.interview.turns import Exchange, Why

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef


AREAS = ("coverage", "correctness", "structure", "brevity", "evidence")
STEPS = ((0.85, Step.strong_yes), (0.68, Step.yes), (0.5, Step.unsure), (0.28, Step.no), (0.0, Step.strong_no))
"""The score from which each step begins."""
EVIDENCE = {"one-line": 1, "one-minute": 2, "full": 3}
"""How many of example, limit and where a thing is known from make an answer of a depth well supported."""
GATES: dict[str, tuple[tuple[float, float], ...]] = {
    "correctness": ((0.35, 0.27), (0.65, 0.49), (0.75, 0.67)),
    "coverage": ((0.12, 0.27), (0.3, 0.49), (0.68, 0.67), (0.88, 0.84)),
    "brevity": ((0.15, 0.49), (0.4, 0.67), (0.6, 0.84)),
}
"""(An area below this, the score at most that): lowest first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the interviewer came to."""

    step: Step
    score: float
    areas: tuple[Area, ...]
    reasons: tuple[Reason, ...]


def verdict(
    said: Sequence[Exchange],
    found: Sequence[QuestionOutcome],
    built: Sequence[Built],
    unasked: Sequence[QuestionRef],
    hearing: Hearing,
) -> Verdict:
    """The verdict on everything that was said; `unasked` are planned questions that were not reached."""
    weights = hearing.plan.blueprint.weights
    answered = [exchange for exchange in said if exchange.turn.kind != "closing"]
    values = {
        "coverage": _coverage(found, len(unasked) * _overrun(answered, hearing)),
        "correctness": _correctness(found),
        "structure": _weighed((_weight(one.exchange), one.structure.value) for one in built),
        "brevity": _weighed((_weight(exchange), brevity(exchange, hearing)) for exchange in answered),
        "evidence": _evidence(answered, hearing),
    }
    if not built and values["coverage"]:
        values["structure"] = values["brevity"]  # nothing long was asked
    areas = tuple(Area(name, round(values[name], 3), getattr(weights, name)) for name in AREAS)
    total = sum(area.weight for area in areas)
    score = sum(area.weight * area.value for area in areas) / total if total else 0.0
    gate, score = _gated(values, score)
    score = round(score, 3)
    step = next(step for least, step in STEPS if score >= least)
    return Verdict(step, score, areas, reasons(step, gate, areas, found, built, answered, hearing))


def _gated(values: dict[str, float], score: float) -> tuple[str, float]:
    """The area that closes the door, if one does, and the score that is left."""
    gate = ""
    for area, limits in GATES.items():
        for below, most in limits:
            if values[area] < below:
                if score > most:
                    gate, score = area, most
                break
    return gate, score


def _weight(exchange: Exchange) -> float:
    if exchange.turn.kind != "open":
        return 0.5
    return {"one-line": 1.0, "one-minute": 2.0, "full": 3.0}[exchange.turn.depth]


def _weighed(pairs: Iterable[tuple[float, float]]) -> float:
    listed = list(pairs)
    total = sum(weight for weight, _ in listed)
    return sum(weight * value for weight, value in listed) / total if total else 0.0


def _coverage(found: Sequence[QuestionOutcome], crowded_out: float) -> float:
    """What was covered of what was asked, and of what long answers left no time for."""
    pairs = [(one.weight, one.coverage) for one in found if one.coverage is not None]
    return _weighed([*pairs, (crowded_out, 0.0)])


def _overrun(answered: Sequence[Exchange], hearing: Hearing) -> float:
    """0 to 1: how far answers beyond their time, and not the plan, are to blame for what was not reached."""
    pace, seconds = hearing.plan.pace, hearing.plan.seconds
    over = sum(max(0.0, one.reply.seconds - 1.1 * pace.allowed(one.turn.seconds)) for one in answered)
    return min(1.0, over / (0.25 * seconds)) if seconds else 0.0


def _correctness(found: Sequence[QuestionOutcome]) -> float:
    """What was right over what was said; 0 where nothing was."""
    right = wrong = 0.0
    for one in found:
        weigh = 1.0 if not one.single else 2.0
        for point in one.points:
            if point.state is PointState.contradicted:
                wrong += point.weight * weigh
            elif point.state is PointState.missing and one.single and not one.exchange.reply.empty:
                wrong += weigh
            elif point.state in (PointState.met, PointState.partly):
                right += point.weight * weigh * point.credit
                wrong += 0.5 * point.weight * point.denied
        wrong += 2.0 * len(one.misconceptions)
    return right / (right + wrong) if right + wrong else 0.0


def _evidence(answered: Sequence[Exchange], hearing: Hearing) -> float:
    """Examples, limits, and where a thing is known from; of long answers, and of what was asked about it."""
    pairs = []
    for exchange in answered:
        turn, text = exchange.turn, fold(exchange.reply.text)[0]
        if turn.kind == "open":
            limits = pattern("limits").search(text) or role("limit").search(text)
            shown = sum(map(bool, (role("example").search(text), limits, role("measured").search(text))))
            share = min(1.0, shown / EVIDENCE[turn.depth])
            pairs.append((_weight(exchange), share * min(1.0, 4 * hearing.of(exchange).value)))
        elif turn.why in (Why.always, Why.absolute):
            pairs.append((1.0, 1.0 if hearing.outcome(exchange).state is PointState.met else 0.0))
    return _weighed(pairs)
