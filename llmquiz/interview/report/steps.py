"""What to do next: three commands, each with what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from llmquiz.grading.score import PointState
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.judge.question_outcome import QuestionOutcome

MOST = 3
LOST = (PointState.missing, PointState.partly, PointState.contradicted)


@dataclass(frozen=True, slots=True)
class Advice:
    """A command and its reason."""

    command: str
    why: Literal["missed", "see", "misconception", "wrong", "again", "harder", "other", "due"]
    what: str = ""
    """What it is about, as a text in the interview's language."""
    count: int = 0
    """Points, where the reason is about points."""


def advice(outcomes: Sequence[QuestionOutcome], hearing: Hearing) -> list[Advice]:
    """Three things to do next, most useful first."""
    steps: list[Advice] = []
    for step in _useful(outcomes, hearing):
        # One of each kind, but every wrong answer is a drill of its own.
        if all(step.command != other.command and (step.why != other.why or step.why == "wrong") for other in steps):
            steps.append(step)
        if len(steps) == MOST:
            break
    return steps


def _useful(outcomes: Sequence[QuestionOutcome], hearing: Hearing) -> Iterator[Advice]:
    """Everything that could be done next, most useful first."""
    worst = sorted((outcome for outcome in outcomes if _lost(outcome)), key=_lost, reverse=True)
    opened = [outcome for outcome in worst if not outcome.single]
    if opened:
        yield _drill(opened[0], hearing)
    yield from _demos(worst, hearing)
    for outcome in opened:
        yield from _misconceptions(outcome, hearing)
    for outcome in worst:
        if outcome.single:
            name = outcome.exchange.turn.question
            yield Advice(f"llmquiz drill {hearing.topic.short(name)}", "wrong", hearing.topic.prompt_of(name))
    for outcome in opened[1:2]:
        yield _drill(outcome, hearing)
    interviewer = hearing.topic.short(hearing.plan.setting.interviewer)
    if opened:
        name = hearing.topic.short(opened[0].exchange.turn.question)
        yield Advice(
            f"llmquiz mock --interviewer {interviewer} --question {name}", "again", hearing.topic.prompt_of(name)
        )
    others = [name for name in hearing.topic.interviewers() if name != hearing.plan.setting.interviewer]
    if others:
        # By the seed: not always the first, and the same report says the same.
        place = hearing.plan.setting.seed % len(others)
        yield Advice(
            f"llmquiz mock --interviewer {hearing.topic.short(others[place])}",
            "other",
            hearing.topic.interviewer_name(others[place]),
        )
    yield Advice("llmquiz drill --level expert", "harder")
    yield Advice("llmquiz due", "due")


def _lost(outcome: QuestionOutcome) -> float:
    return outcome.weight * sum(p.weight * (1 - p.credit) for p in outcome.points if p.state in LOST)


def _drill(outcome: QuestionOutcome, hearing: Hearing) -> Advice:
    name = outcome.exchange.turn.question
    count = sum(point.state in LOST for point in outcome.points)
    return Advice(f"llmquiz drill {hearing.topic.short(name)}", "missed", hearing.topic.prompt_of(name), count)


def _demos(worst: Sequence[QuestionOutcome], hearing: Hearing) -> Iterator[Advice]:
    """Demos that show what was missed: of the claim behind a point, else of the question."""
    for outcome in worst:
        entry = hearing.topic.open_question(outcome.exchange.turn.question)
        lost = {point.id for point in outcome.points if point.state in LOST}
        claims = [point.claim for point in entry.points if point.id in lost and point.claim] if entry else []
        asked = [hearing.topic.question(name) for name in claims] + [
            hearing.topic.question(outcome.exchange.turn.question)
        ]
        for question in asked:
            name = getattr(question.entry, "demo", None) if question else None
            title = hearing.topic.demo_title(name) if name else ""
            if title:
                yield Advice(f"llmquiz demo {name}", "see", title)


def _misconceptions(outcome: QuestionOutcome, hearing: Hearing) -> Iterator[Advice]:
    entry = hearing.topic.open_question(outcome.exchange.turn.question)
    seen = {noticed.id for noticed in outcome.misconceptions}
    for wrong in entry.misconceptions if entry else ():
        asked = hearing.topic.question(wrong.claim) if wrong.id in seen and wrong.claim else None
        if asked:
            yield Advice(f"llmquiz drill {hearing.topic.short(asked.id)}", "misconception", wrong.text[hearing.lang])
