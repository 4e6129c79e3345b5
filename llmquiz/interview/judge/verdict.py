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
from llmquiz.interview import calibration
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.judge.question_outcome import QuestionOutcome
from llmquiz.interview.judge.reasons import Area, Built, Reason, Recommendation, brevity, reasons
from llmquiz.interview.roles import role
from llmquiz.interview.turns import Exchange, Why

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef


AREAS = ("coverage", "correctness", "structure", "brevity", "evidence")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the interviewer came to."""

    step: Recommendation
    score: float
    areas: tuple[Area, ...]
    reasons: tuple[Reason, ...]


def verdict(
    exchanges: Sequence[Exchange],
    outcomes: Sequence[QuestionOutcome],
    built: Sequence[Built],
    unasked: Sequence[QuestionRef],
    hearing: Hearing,
    *,
    finished: bool = True,
) -> Verdict:
    """The verdict on everything that was said; `unasked` are planned questions that were not reached.

    Who leaves before half of them was asked is not hired on the rest.
    """
    weights = hearing.plan.blueprint.weights
    answered = [exchange for exchange in exchanges if exchange.turn.kind != "closing"]
    values = {
        "coverage": _coverage(outcomes, len(unasked) * _overrun(answered, hearing)),
        "correctness": _correctness(outcomes),
        "structure": _weighed((_weight(structured.exchange), structured.structure.value) for structured in built),
        "brevity": _weighed((_weight(exchange), brevity(exchange, hearing)) for exchange in answered),
        "evidence": _evidence(answered, hearing),
    }
    if not built and values["coverage"]:
        values["structure"] = values["brevity"]  # nothing long was asked
    areas = tuple(Area(name, round(values[name], 3), getattr(weights, name)) for name in AREAS)
    total = sum(area.weight for area in areas)
    score = sum(area.weight * area.value for area in areas) / total if total else 0.0
    gate, score = _gated(values, score)
    if not finished and len(unasked) >= len(outcomes):
        score = min(score, calibration.BROKEN_OFF)
    score = round(score, 3)
    steps = zip(calibration.STEPS, reversed(Recommendation), strict=True)  # the best first
    step = next(step for least, step in steps if score >= least)
    return Verdict(step, score, areas, reasons(step, gate, areas, outcomes, built, answered, hearing))


def _gated(values: dict[str, float], score: float) -> tuple[str, float]:
    """The area that closes the door, if one does, and the score that is left."""
    gate = ""
    for area, limits in calibration.GATES.items():
        # Lowest first: the first that applies caps hardest. Of several areas the last to lower the score is named.
        for below, most in limits:
            if values[area] < below:
                if score > most:
                    gate, score = area, most
                break
    return gate, score


def _weight(exchange: Exchange) -> float:
    if exchange.turn.kind != "open":
        return calibration.SINGLE_WEIGHT
    return calibration.DEPTH_WEIGHT[exchange.turn.depth]


def _weighed(pairs: Iterable[tuple[float, float]]) -> float:
    listed = list(pairs)
    total = sum(weight for weight, _ in listed)
    return sum(weight * value for weight, value in listed) / total if total else 0.0


def _coverage(outcomes: Sequence[QuestionOutcome], crowded_out: float) -> float:
    """What was covered of what was asked, and of what long answers left no time for."""
    pairs = [(outcome.weight, outcome.coverage) for outcome in outcomes if outcome.coverage is not None]
    return _weighed([*pairs, (crowded_out, 0.0)])


def _overrun(answered: Sequence[Exchange], hearing: Hearing) -> float:
    """0 to 1: how far answers beyond their time, and not the plan, are to blame for what was not reached."""
    pace, seconds = hearing.plan.pace, hearing.plan.seconds
    over = sum(
        max(0.0, exchange.reply.seconds - calibration.LATE * pace.allowed(exchange.turn.seconds))
        for exchange in answered
    )
    return min(1.0, over / (calibration.OVERRUN * seconds)) if seconds else 0.0


def _correctness(outcomes: Sequence[QuestionOutcome]) -> float:
    """What was right over what was said; 0 where nothing was."""
    right = wrong = 0.0
    for outcome in outcomes:
        weigh = calibration.WRONG_SINGLE if outcome.single else 1.0
        for point in outcome.points:
            if point.state is PointState.contradicted:
                wrong += point.weight * weigh
            # What was not answered is not wrong: it is missing from the coverage.
            elif point.state is PointState.missing and outcome.single and not outcome.exchange.reply.empty:
                wrong += weigh
            elif point.state in (PointState.met, PointState.partly):
                right += point.weight * weigh * point.credit
                wrong += calibration.WRONG_DENIED * point.weight * point.denied
        wrong += calibration.WRONG_MISCONCEPTION * len(outcome.misconceptions)
    return right / (right + wrong) if right + wrong else 0.0


def _evidence(answered: Sequence[Exchange], hearing: Hearing) -> float:
    """Examples, limits, and where a thing is known from; of long answers, and of what was asked about it."""
    pairs = []
    for exchange in answered:
        turn, text = exchange.turn, fold(exchange.reply.text)[0]
        if turn.kind == "open":
            limits = pattern("limits").search(text) or role("limit").search(text)
            shown = sum(map(bool, (role("example").search(text), limits, role("measured").search(text))))
            share = min(1.0, shown / calibration.EVIDENCE[turn.depth])
            # A good example of nothing is no evidence.
            pairs.append((_weight(exchange), share * min(1.0, hearing.of(exchange).value / calibration.EVIDENCE_NEEDS)))
        elif turn.why in (Why.always, Why.absolute):
            pairs.append((1.0, 1.0 if hearing.outcome(exchange).state is PointState.met else 0.0))
    return _weighed(pairs)
