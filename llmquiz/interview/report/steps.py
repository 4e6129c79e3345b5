"""What to do next: three commands, each with what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from llmquiz.grading.score import PointState
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.judge.outcome import QuestionOutcome

MOST = 3
LOST = (PointState.missing, PointState.partly, PointState.contradicted)


@dataclass(frozen=True, slots=True)
class Step:
    """A command and its reason."""

    command: str
    why: Literal["missed", "see", "misconception", "wrong", "again", "harder", "other", "due"]
    what: str = ""
    """What it is about, as a text in the interview's language."""
    count: int = 0
    """Points, where the reason is about points."""


def advice(found: Sequence[QuestionOutcome], hearing: Hearing) -> list[Step]:
    """Three things to do next, most useful first."""
    steps: list[Step] = []
    for step in _wishes(found, hearing):
        if all(step.command != other.command and (step.why != other.why or step.why == "wrong") for other in steps):
            steps.append(step)
        if len(steps) == MOST:
            break
    return steps


def _wishes(found: Sequence[QuestionOutcome], hearing: Hearing) -> Iterator[Step]:
    worst = sorted((one for one in found if _lost(one)), key=_lost, reverse=True)
    opened = [one for one in worst if not one.single]
    if opened:
        yield _drill(opened[0], hearing)
    yield from _demos(worst, hearing)
    for one in opened:
        yield from _misconceptions(one, hearing)
    for one in worst:
        if one.single:
            name = one.exchange.turn.question
            yield Step(f"llmquiz drill {hearing.short(name)}", "wrong", hearing.prompt_of(name))
    for one in opened[1:2]:
        yield _drill(one, hearing)
    interviewer = hearing.short(hearing.plan.setting.interviewer)
    if opened:
        name = hearing.short(opened[0].exchange.turn.question)
        yield Step(f"llmquiz mock --interviewer {interviewer} --question {name}", "again", hearing.prompt_of(name))
    others = [name for name in hearing.interviewers() if name != hearing.plan.setting.interviewer]
    if others:
        place = hearing.plan.setting.seed % len(others)
        yield Step(
            f"llmquiz mock --interviewer {hearing.short(others[place])}",
            "other",
            hearing.interviewer_name(others[place]),
        )
    yield Step("llmquiz drill --level expert", "harder")
    yield Step("llmquiz due", "due")


def _lost(one: QuestionOutcome) -> float:
    return sum(p.weight * (1 - p.credit) for p in one.points if p.state in LOST) * (1 if one.single else one.weight)


def _drill(one: QuestionOutcome, hearing: Hearing) -> Step:
    name = one.exchange.turn.question
    count = sum(point.state in LOST for point in one.points)
    return Step(f"llmquiz drill {hearing.short(name)}", "missed", hearing.prompt_of(name), count)


def _demos(worst: Sequence[QuestionOutcome], hearing: Hearing) -> Iterator[Step]:
    """Demos that show what was missed: of the claim behind a point, else of the question."""
    for one in worst:
        entry = hearing.open_question(one.exchange.turn.question)
        lost = {point.id for point in one.points if point.state in LOST}
        claims = [point.claim for point in entry.points if point.id in lost and point.claim] if entry else []
        asked = [hearing.question(name) for name in claims] + [hearing.question(one.exchange.turn.question)]
        for question in asked:
            name = getattr(question.entry, "demo", None) if question else None
            title = hearing.demo_title(name) if name else ""
            if title:
                yield Step(f"llmquiz demo {name}", "see", title)


def _misconceptions(one: QuestionOutcome, hearing: Hearing) -> Iterator[Step]:
    entry = hearing.open_question(one.exchange.turn.question)
    seen = {found.id for found in one.misconceptions}
    for wrong in entry.misconceptions if entry else ():
        asked = hearing.question(wrong.claim) if wrong.id in seen and wrong.claim else None
        if asked:
            yield Step(f"llmquiz drill {hearing.short(asked.id)}", "misconception", wrong.text[hearing.lang])
