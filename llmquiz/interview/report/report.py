"""The report of an interview as data: everything that the screen, the page and the file show."""

from __future__ import annotations

from collections.abc import Sequence

from llmquiz.grading.points.style import absolute_words
from llmquiz.grading.text.read import read
from llmquiz.interview import calibration
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.ask.interviewer import Interviewer, elapsed
from llmquiz.interview.judge.best_answer import best
from llmquiz.interview.judge.question_outcome import QuestionOutcome, standings
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
from llmquiz.interview.turns import Exchange
from llmquiz.schema.plain import heading, right_answer
from llmquiz.schema.questions import Claim


def build(name: str, at: str, exchanges: Sequence[Exchange], interviewer: Interviewer, *, finished: bool) -> Report:
    """The report of what was said so far."""
    plan, hearing = interviewer.plan, interviewer.hearing
    heard = hearing.heard(exchanges)
    outcomes = standings(heard, hearing)
    steps = _steps(hearing)
    structured = [
        Built(outcome.exchange, _structure(outcome.exchange, hearing, steps))
        for outcome in outcomes
        if not outcome.single
    ]
    unasked = [
        (section.title, question)
        for section, name in interviewer.unasked(exchanges)
        if (question := hearing.topic.question(name))
    ]
    left = [question for _, question in unasked]
    reached = verdict(heard, outcomes, structured, left, hearing, finished=finished)
    structures = {outcome.exchange.turn.number: outcome.structure for outcome in structured}
    setting = plan.setting
    questions = tuple(
        _question(outcome, exchanges, heard, structures.get(outcome.exchange.turn.number), interviewer)
        for outcome in outcomes
    )
    return Report(
        id=name,
        at=at,
        lang=setting.lang,
        interviewer=setting.interviewer,
        name=plan.blueprint.name[setting.lang],
        minutes=setting.minutes,
        elapsed=round(elapsed(exchanges), 1),
        seed=setting.seed,
        rate=setting.rate,
        strict=setting.strict,
        practice=setting.practice,
        finished=finished,
        verdict=reached,
        questions=questions,
        unasked=tuple((title, question.id, heading(question.entry, setting.lang)) for title, question in unasked),
        timeline=tuple(_timeline(exchanges, heard, interviewer)),
        habits=_habits(structured, hearing),
        next=tuple(advice(outcomes, hearing)),
        closing=next((e.reply.text.strip() for e in exchanges if e.turn.kind == "closing"), ""),
    )


def _steps(hearing: Hearing) -> tuple[int, ...]:
    """The seconds that the topic's technique gives to each part of an answer."""
    seconds = hearing.topic.technique_seconds()
    # A technique of other steps than ours cannot be laid upon the parts of an answer.
    return seconds if len(seconds) == len(STEPS) else STEPS


def _structure(exchange: Exchange, hearing: Hearing, steps: tuple[int, ...]) -> Structure:
    turn = exchange.turn
    return structure(exchange.reply.text, hearing.of(exchange), turn.depth, turn.seconds, steps)


def _question(
    outcome: QuestionOutcome,
    exchanges: Sequence[Exchange],
    heard: Sequence[Exchange],
    built: Structure | None,
    interviewer: Interviewer,
) -> QuestionReport:
    hearing, lang = interviewer.hearing, interviewer.plan.setting.lang
    turn, number = outcome.exchange.turn, outcome.exchange.turn.number
    # As it was typed, even where it counts as nothing said; turns are numbered from 1.
    original = exchanges[number - 1].reply
    asked, entry = hearing.topic.question(turn.question), hearing.topic.open_question(turn.question)
    assert asked is not None
    later = [e for e in heard if e.turn.number > number and _belongs(e, outcome, heard)]
    score = hearing.of(outcome.exchange)
    section = interviewer.plan.section(turn.section)
    wrong = {w.id: w for w in entry.misconceptions} if entry else {}
    return QuestionReport(
        number=number,
        section=section.title if section else turn.section,
        id=turn.question,
        kind=turn.kind,
        depth=turn.depth,
        prompt=turn.prompt or heading(asked.entry, lang),
        answer=original.text.strip(),
        how=str(original.how),
        void=bool(original.text.strip()) and outcome.exchange.reply.empty,
        seconds=original.seconds,
        allowed=round(interviewer.allowed(turn, exchanges[: number - 1]), 1),
        spoken=round(spoken(original.text), 1),
        budget=turn.seconds,
        coverage=None if outcome.coverage is None else round(outcome.coverage, 3),
        points=tuple(_points(outcome, hearing)),
        wrong=tuple(
            WrongReport(f.id, wrong[f.id].text[lang], wrong[f.id].right[lang], f.because)
            for f in outcome.misconceptions
            if f.id in wrong
        ),
        terms=tuple((term.because, hearing.topic.better_term(term.id)) for term in score.terms),
        absolutes=tuple(absolute_words(read(outcome.exchange.reply.text))) if entry else (),
        structure=built,
        follow_ups=tuple(_follow_up(e, heard, interviewer) for e in later),
        best=best(outcome, entry, [e for e in later if e.turn.question == turn.question], hearing) if entry else None,
        right=right_answer(asked.entry, lang),
        verdict=asked.entry.verdict.value if isinstance(asked.entry, Claim) else "",
    )


def _belongs(exchange: Exchange, outcome: QuestionOutcome, heard: Sequence[Exchange]) -> bool:
    """Whether a later turn digs into this question: about it, or asked because of it."""
    turn, main = exchange.turn, outcome.exchange.turn
    if turn.kind == "closing":
        return False
    if turn.question == main.question:
        return True
    return turn.parent == main.number and turn.kind != "spoken"


def _points(outcome: QuestionOutcome, hearing: Hearing) -> list[PointReport]:
    entry, lang = hearing.topic.open_question(outcome.exchange.turn.question), hearing.lang
    texts = {point.id: point.text[lang] for point in entry.points} if entry else {}
    reasons = {point.id: point.why[lang] for point in entry.points if point.why} if entry else {}
    return [
        PointReport(
            point.id,
            texts.get(point.id, ""),
            str(point.state),
            point.where,
            point.because,
            point.weight,
            reasons.get(point.id, ""),
        )
        for point in outcome.points
    ]


def _follow_up(exchange: Exchange, heard: Sequence[Exchange], interviewer: Interviewer) -> FollowReport:
    turn, hearing = exchange.turn, interviewer.hearing
    asked = hearing.topic.question(turn.question)
    return FollowReport(
        number=turn.number,
        why=str(turn.why),
        point=hearing.topic.point_text(turn.about or turn.question, turn.point),
        because=turn.because,
        say=turn.say,
        question=turn.question,
        kind=turn.kind,
        prompt=heading(asked.entry, hearing.lang) if asked and turn.kind != "spoken" else "",
        answer=exchange.reply.text.strip(),
        state=str(hearing.outcome(exchange).state),
        seconds=exchange.reply.seconds,
        allowed=round(interviewer.allowed(turn, heard[: turn.number - 1]), 1),
    )


def _timeline(exchanges: Sequence[Exchange], heard: Sequence[Exchange], interviewer: Interviewer) -> list[Slot]:
    slots, start = [], 0.0
    for exchange, understood in zip(exchanges, heard, strict=True):
        turn, seconds = exchange.turn, exchange.reply.seconds
        state = str(interviewer.hearing.outcome(understood).state)
        allowed = interviewer.allowed(turn, exchanges[: turn.number - 1])
        slots.append(
            Slot(turn.number, round(start, 1), seconds, round(allowed, 1), turn.question, str(turn.why), state)
        )
        start += seconds
    return slots


def _habits(built: Sequence[Built], hearing: Hearing) -> Habits:
    answered = [structured for structured in built if not structured.exchange.reply.empty]

    def failing(name: str) -> int:
        return sum(not structured.structure.check(name).passed for structured in answered)

    return Habits(
        answers=len(answered),
        too_long=sum(length(structured.exchange, hearing) > calibration.LATE for structured in answered),
        absolutes=failing("absolutes"),
        no_example=failing("examples"),
        no_limits=failing("limits"),
        not_first=failing("answer-first"),
    )


__all__ = ["Report", "build"]
