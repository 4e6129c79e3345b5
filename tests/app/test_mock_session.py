"""An interview without a terminal: a script answers, the database says what was kept."""

from __future__ import annotations

from contextlib import suppress

import pytest

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Leave
from llmquiz.app.mock_session import MockSession, setting_data
from llmquiz.interview.plan.planning import Setting, plan
from llmquiz.interview.turns import Exchange, How, Reply, turn_of
from llmquiz.schedule.due_dates import Rating
from llmquiz.schedule.layout import Layout
from llmquiz.ui.keyboard.ask import Keep, Pressed
from tests.app.scripted import Scripted
from tests.store import records


@pytest.fixture
def context(shipped: AppContext) -> AppContext:
    return shipped


def interview(
    context: AppContext, asker: Scripted, *, strict: bool = False, scheduled: bool = True, seed: int = 3
) -> MockSession:
    """An interview by the screener, answered until the script ends or the candidate leaves."""
    setting = Setting("decoder-only/screener", "en", 10, seed, 150, strict, False, scheduled)
    chosen = plan(setting, context.collection)
    name = context.store.begin_interview(f"mock-{seed}", setting_data(chosen), at=clock.now())
    session = MockSession(context, chosen, name, [], asker=asker)
    with suppress(Leave):
        session.run()
    return session


def transcript(context: AppContext, session: MockSession) -> list[tuple[str, str]]:
    """What the database has of each turn: the text, and how it ended."""
    return [(row.text, row.how) for row in context.store.said(session.name)]


def test_every_answer_is_kept_with_how_it_ended(context: AppContext) -> None:
    session = interview(context, Scripted("Every token carries loss.", Pressed("skip"), Pressed("quit", "I thi")))
    assert transcript(context, session) == [("Every token carries loss.", "sent"), ("", "skipped"), ("I thi", "")]
    assert session.answered == 1


def test_whoever_does_not_begin_is_asked_nothing(context: AppContext) -> None:
    asker = Scripted("Every token carries loss.", keys=["q"])
    assert interview(context, asker).said == []
    assert asker.lines == ["Every token carries loss."]


@pytest.mark.parametrize("key", ["hint", "flag", "undo"])
def test_a_key_without_meaning_here_leaves_the_answer_as_it_stands(context: AppContext, key: str) -> None:
    asker = Scripted(Pressed(key, "Every token"), "Every token carries loss.")
    session = interview(context, asker)
    assert asker.drafts[:2] == ["", "Every token"]
    assert transcript(context, session)[0] == ("Every token carries loss.", "sent")


def test_a_strict_interviewer_takes_what_stands_there_when_the_time_is_up(context: AppContext) -> None:
    session = interview(context, Scripted(Pressed("cut", "Every tok")), strict=True)
    assert transcript(context, session)[0] == ("Every tok", "cut")
    assert session.said[0].reply.seconds == session.interviewer.allowed(session.said[0].turn, [])


def test_what_is_being_typed_is_kept_and_comes_back(context: AppContext) -> None:
    def type_slowly(keep: Keep) -> None:
        keep("Every tok")

    session = interview(context, Scripted(type_slowly, Pressed("stop", "Every toke")))
    (row,) = context.store.said(session.name)
    assert (row.text, row.how) == ("Every toke", "")
    unfinished = Exchange(turn_of(row.turn), Reply(row.text, row.seconds))
    asker = Scripted("Every token carries loss.")
    again = MockSession(context, session.plan, session.name, [], unfinished, asker=asker)
    with pytest.raises(Leave):
        again.run()
    assert asker.drafts[0] == "Every toke"
    assert transcript(context, session)[0] == ("Every token carries loss.", "sent")


def test_who_leaves_at_once_again_loses_nothing_that_was_typed_before(context: AppContext) -> None:
    session = interview(context, Scripted(Pressed("stop", "Every toke")))
    (row,) = context.store.said(session.name)
    unfinished = Exchange(turn_of(row.turn), Reply(row.text, row.seconds))
    with pytest.raises(Leave):
        MockSession(context, session.plan, session.name, [], unfinished, asker=Scripted(Pressed("quit", ""))).run()
    assert transcript(context, session) == [("Every toke", "")]


def test_an_answer_reviews_its_question_and_a_follow_up_reviews_nothing(context: AppContext) -> None:
    session = interview(context, Scripted("Every token carries loss.", "Nothing more.", "No.", "It does."))
    answers = context.store.answers(sitting=session.name)
    main = [exchange.turn.question for exchange in session.said if exchange.turn.kind != "spoken"]
    assert [answer.question for answer in answers] == main
    assert 0 < len(main) < len(session.said)
    assert {answer.source for answer in answers} == {"mock"}


def test_an_interview_that_is_not_scheduled_reviews_nothing(context: AppContext) -> None:
    session = interview(context, Scripted("Every token carries loss."), scheduled=False)
    assert (session.answered, context.store.answers(), context.store.memories()) == (1, (), {})


def test_what_the_learner_has_seen_counts_as_in_a_drill(context: AppContext) -> None:
    """The level is the lowest at which something is new, and a point above it counts once it was seen."""
    items = context.collection.items("decoder-only")
    core = {item.id for item in items if item.level == 0}
    first, unscheduled = interview(context, Scripted()), interview(context, Scripted(), scheduled=False)
    assert (first.known, first.level) == (set(), 0)
    records.reviewed(context.store, dict.fromkeys(core, Rating.good), question="q")
    later = interview(context, Scripted())
    assert (later.known, later.level) == (core, 1)
    assert (unscheduled.known, unscheduled.level) == (set(), 0)


ENDLESS = "word " * 1000


@pytest.mark.parametrize(("strict", "how"), [(True, "cut"), (False, "sent")])
def test_in_a_pipe_only_a_strict_interviewer_takes_what_fits_into_the_time(
    context: AppContext, strict: bool, how: str
) -> None:
    session = interview(context, Scripted(ENDLESS, interactive=False), strict=strict)
    answer = session.said[0]
    assert transcript(context, session)[0] == (answer.reply.text, how)
    assert (answer.reply.text == ENDLESS) is not strict
    if strict:
        assert answer.reply.seconds == session.interviewer.allowed(answer.turn, [])


def test_a_blank_answer_is_a_skip_and_in_a_pipe_takes_the_time_to_type_it(context: AppContext) -> None:
    session = interview(context, Scripted("  ", "Every token carries loss.", interactive=False))
    assert [how for _, how in transcript(context, session)] == ["skipped", "sent", ""]
    assert [exchange.reply.seconds for exchange in session.said] == [
        0.0,
        session.plan.pace.taken("Every token carries loss."),
    ]


def test_a_crash_between_answer_and_review_is_made_up_for(context: AppContext) -> None:
    session = interview(context, Scripted())
    turn = session.interviewer.next([])
    assert turn is not None
    exchanges = [Exchange(turn, Reply("Every token carries loss.", 3.0, How.sent))]
    again = MockSession(context, session.plan, session.name, exchanges, asker=Scripted())
    assert context.store.answers(sitting=session.name) == ()
    again.catch_up()
    again.catch_up()
    assert [answer.question for answer in context.store.answers(sitting=session.name)] == [turn.question]


@pytest.mark.parametrize(("key", "interrupted"), [("stop", True), ("quit", False), ("end", False)])
def test_only_ctrl_c_is_an_interruption(context: AppContext, key: str, interrupted: bool) -> None:
    session = interview(context, Scripted())
    again = MockSession(context, session.plan, session.name, [], asker=Scripted(Pressed(key)))
    with pytest.raises(Leave) as leave:
        again.run()
    assert leave.value.interrupted is interrupted


@pytest.mark.parametrize("words", ["Sorry, could you repeat that?", "没听清，能再说一遍吗？"])
def test_whoever_did_not_catch_it_is_told_once_more_and_that_is_no_answer(
    context: AppContext, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    asker = Scripted(words, words, "Every token carries loss.")
    session = interview(context, asker)
    assert transcript(context, session)[0] == ("Every token carries loss.", "sent")
    prompt = session.interviewer.hearing.topic.prompt_of(session.said[0].turn.question)
    asked = session.said[0].turn.prompt or prompt
    assert " ".join(capsys.readouterr().out.split()).count(" ".join(asked.split())) == 3


@pytest.mark.parametrize("words", ["Idk honestly", "I don't know", "no idea, sorry", "不知道哈哈，回去查查"])
def test_not_to_know_is_an_answer_that_scores_nothing(context: AppContext, words: str) -> None:
    session = interview(context, Scripted(words))
    assert transcript(context, session)[0] == (words, "skipped")
    assert session.report("2026-11-23T09:00:00+00:00", True).verdict.score == 0
    assert session._problem(session.said[0].turn, context.collection.get("gpt3-parameters"), Layout(), words) == ""
    assert context.store.answers() == ()
