"""The report of an interview as data: everything that the screen, the page and the file show."""

from __future__ import annotations

from collections.abc import Sequence

from llmquiz.grading.points.style import absolute_words
from llmquiz.grading.text.read import read
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.ask.interviewer import Interviewer, elapsed
from llmquiz.interview.judge.best import best
from llmquiz.interview.judge.outcome import QuestionOutcome, standings
from llmquiz.interview.judge.reasons import Built, length
from llmquiz.interview.judge.structure import STEPS, Structure, structure
from llmquiz.interview.judge.verdict import verdict
from llmquiz.interview.plan.pace import spoken
from llmquiz.interview.report.records import (
    FollowReport,
    Habits,
    PointReport,
    QuestionReport,
    Report,
    Slot,
    WrongReport,
)
from llmquiz.interview.report.steps import advice
from llmquiz.interview.texts import prompt, right
from llmquiz.interview.turns import Exchange


def build(name: str, at: str, said: Sequence[Exchange], interviewer: Interviewer, *, finished: bool) -> Report:
    """The report of what was said so far."""
    plan, hearing = interviewer.plan, interviewer.hearing
    heard = hearing.heard(said)
    found = standings(heard, hearing)
    steps = _steps(hearing)
    built = [Built(one.exchange, _structure(one.exchange, hearing, steps)) for one in found if not one.single]
    unasked = [
        (section.title, question) for section, name in interviewer.unasked(said) if (question := hearing.question(name))
    ]
    judged = verdict(heard, found, built, [question for _, question in unasked], hearing)
    structures = {one.exchange.turn.number: one.structure for one in built}
    setting = plan.setting
    questions = tuple(
        _question(one, said, heard, structures.get(one.exchange.turn.number), interviewer) for one in found
    )
    return Report(
        id=name,
        at=at,
        lang=setting.lang,
        interviewer=setting.interviewer,
        name=plan.blueprint.name[setting.lang],
        minutes=setting.minutes,
        elapsed=round(elapsed(said), 1),
        seed=setting.seed,
        rate=setting.rate,
        strict=setting.strict,
        practice=setting.practice,
        finished=finished,
        verdict=judged,
        questions=questions,
        unasked=tuple((title, question.id, prompt(question, setting.lang)) for title, question in unasked),
        timeline=tuple(_timeline(said, heard, interviewer)),
        habits=_habits(built, hearing),
        next=tuple(advice(found, hearing)),
        closing=next((e.reply.text.strip() for e in said if e.turn.kind == "closing"), ""),
    )


def _steps(hearing: Hearing) -> tuple[int, ...]:
    """The seconds that the topic's technique gives to each part of an answer."""
    found = hearing.technique_seconds()
    return found if len(found) == len(STEPS) else STEPS


def _structure(exchange: Exchange, hearing: Hearing, steps: tuple[int, ...]) -> Structure:
    turn = exchange.turn
    return structure(exchange.reply.text, hearing.of(exchange), turn.depth, turn.seconds, steps)


def _question(
    one: QuestionOutcome,
    said: Sequence[Exchange],
    heard: Sequence[Exchange],
    built: Structure | None,
    interviewer: Interviewer,
) -> QuestionReport:
    hearing, lang = interviewer.hearing, interviewer.plan.setting.lang
    turn, number = one.exchange.turn, one.exchange.turn.number
    original = said[number - 1].reply
    asked, entry = hearing.question(turn.question), hearing.open_question(turn.question)
    assert asked is not None
    later = [e for e in heard if e.turn.number > number and _belongs(e, one, heard)]
    score = hearing.of(one.exchange)
    section = interviewer.plan.section(turn.section)
    wrong = {w.id: w for w in entry.misconceptions} if entry else {}
    answer, claim = right(asked, lang)
    return QuestionReport(
        number=number,
        section=section.title if section else turn.section,
        id=turn.question,
        kind=turn.kind,
        depth=turn.depth,
        prompt=turn.prompt or prompt(asked, lang),
        answer=original.text.strip(),
        how=str(original.how),
        void=bool(original.text.strip()) and one.exchange.reply.empty,
        seconds=original.seconds,
        allowed=round(interviewer.allowed(turn, said[: number - 1]), 1),
        spoken=round(spoken(original.text), 1),
        budget=turn.seconds,
        coverage=None if one.coverage is None else round(one.coverage, 3),
        points=tuple(_points(one, hearing)),
        wrong=tuple(
            WrongReport(f.id, wrong[f.id].text[lang], wrong[f.id].right[lang], f.because)
            for f in one.misconceptions
            if f.id in wrong
        ),
        terms=tuple((term.because, hearing.better_term(term.id)) for term in score.terms),
        absolutes=tuple(absolute_words(read(one.exchange.reply.text))) if entry else (),
        structure=built,
        follow_ups=tuple(_follow_up(e, heard, interviewer) for e in later),
        best=best(one, entry, [e for e in later if e.turn.question == turn.question], hearing) if entry else None,
        right=answer,
        verdict=claim,
    )


def _belongs(exchange: Exchange, one: QuestionOutcome, heard: Sequence[Exchange]) -> bool:
    """Whether a later turn digs into this question: about it, or asked because of it."""
    turn, main = exchange.turn, one.exchange.turn
    if turn.kind == "closing":
        return False
    if turn.question == main.question:
        return True
    return turn.parent == main.number and turn.kind != "spoken"


def _points(one: QuestionOutcome, hearing: Hearing) -> list[PointReport]:
    entry, lang = hearing.open_question(one.exchange.turn.question), hearing.lang
    known = {point.id: point for point in entry.points} if entry else {}
    return [
        PointReport(
            point.id,
            known[point.id].text[lang] if point.id in known else "",
            str(point.state),
            point.where,
            point.because,
            point.weight,
            (known[point.id].why or known[point.id].text)[lang] if point.id in known and known[point.id].why else "",
        )
        for point in one.points
    ]


def _follow_up(exchange: Exchange, heard: Sequence[Exchange], interviewer: Interviewer) -> FollowReport:
    turn, hearing = exchange.turn, interviewer.hearing
    asked = hearing.question(turn.question)
    return FollowReport(
        number=turn.number,
        why=str(turn.why),
        point=hearing.point_text(turn.about or turn.question, turn.point),
        because=turn.because,
        say=turn.say,
        question=turn.question,
        kind=turn.kind,
        prompt=prompt(asked, hearing.lang) if asked and turn.kind != "spoken" else "",
        answer=exchange.reply.text.strip(),
        state=str(hearing.outcome(exchange).state),
        seconds=exchange.reply.seconds,
        allowed=round(interviewer.allowed(turn, heard[: turn.number - 1]), 1),
    )


def _timeline(said: Sequence[Exchange], heard: Sequence[Exchange], interviewer: Interviewer) -> list[Slot]:
    slots, start = [], 0.0
    for exchange, understood in zip(said, heard, strict=True):
        turn, seconds = exchange.turn, exchange.reply.seconds
        state = str(interviewer.hearing.outcome(understood).state)
        allowed = interviewer.allowed(turn, said[: turn.number - 1])
        slots.append(
            Slot(turn.number, round(start, 1), seconds, round(allowed, 1), turn.question, str(turn.why), state)
        )
        start += seconds
    return slots


def _habits(built: Sequence[Built], hearing: Hearing) -> Habits:
    told = [one for one in built if not one.exchange.reply.empty]

    def failing(name: str) -> int:
        return sum(not one.structure.check(name).passed for one in told)

    return Habits(
        answers=len(told),
        too_long=sum(length(one.exchange, hearing) > 1.1 for one in told),
        absolutes=failing("absolutes"),
        no_example=failing("examples"),
        no_limits=failing("limits"),
        not_first=failing("answer-first"),
    )


__all__ = ["Report", "build"]
