"""What was missed, asked once more: what is recalled counts on the screen, and the schedule keeps the first answer."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Leave
from llmquiz.app.drill import queue
from llmquiz.app.drill_session import DrillSession
from llmquiz.schedule.due_dates import Rating, review
from llmquiz.schedule.selection import DrillOptions
from llmquiz.ui.keyboard.ask import Pressed
from tests.app.scripted import Line, Scripted

VARIANCE, SOFTMAX = "The variance grows with d.", "Large scores saturate the softmax."


def sit(context: AppContext, names: str, *lines: Line, keys: str, cram: bool = False) -> Scripted:
    """Drill these questions of the small topic, with what was missed once more."""
    candidates, level = queue(context, DrillOptions(names=tuple(f"small/{name}" for name in names.split())))
    asker = Scripted(*lines, keys=keys)
    with suppress(Leave):
        DrillSession(context, candidates, level, cram=cram, asker=asker).run()
    return asker


def test_the_missed_points_are_tried_again_and_the_gain_is_shown(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    sit(context, "scale", VARIANCE, SOFTMAX, keys="r\n")
    shown = capsys.readouterr().out
    assert "50 % · 1 of 2 points" in shown
    assert "50 % → 100 % · 2 of 2 points" in shown
    assert context.words("again.left", count=1) in shown
    first, second = context.store.answers()
    assert (first.again, second.again) == (False, True)
    assert [(review.state, review.rating) for review in first.reviews] == [
        ("met", Rating.good),
        ("missing", Rating.again),
    ]
    assert [(review.item, review.state, review.rating) for review in second.reviews] == [
        ("small/scale.softmax", "met", None)
    ]


def test_the_first_answer_of_the_day_stands_for_the_schedule(context: AppContext) -> None:
    sit(context, "scale", VARIANCE, keys="\nq")
    before = context.store.memories()
    sit(context, "scale", VARIANCE, SOFTMAX, keys="\n\n\n")
    once = context.store.memories()
    assert (
        once["small/scale.softmax"].reviews == before["small/scale.softmax"].reviews + 1
    )  # of the answer, not of both


def test_what_was_met_is_not_lost_by_leaving_it_out_the_second_time(context: AppContext) -> None:
    asker = sit(context, "scale", VARIANCE, "I do not know.", SOFTMAX, keys="rr\n")
    assert len(asker.lines) == 0
    assert [review.item for review in context.store.answers()[-1].reviews] == ["small/scale.softmax"]


def test_a_sitting_ends_when_everything_was_recalled_once_or_the_learner_stops(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    # scale half, gpt3 wrong; the first round mends gpt3, the second scale
    asker = sit(context, "scale gpt3", VARIANCE, "13B", "no idea", "175B", SOFTMAX, keys="\n\n\n\n\n\n\n")
    assert (asker.lines, [answer.again for answer in context.store.answers()]) == ([], [False, False, True, True, True])
    offers = capsys.readouterr().out.count("Once more?")
    assert offers == 2
    asker = sit(context, "scale gpt3", VARIANCE, "13B", "no idea", keys="\n\nq")
    assert asker.lines == ["no idea"]


def test_where_nothing_was_missed_nothing_is_offered(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    sit(context, "gpt3", "175B", keys="\n")
    assert "Once more?" not in capsys.readouterr().out


def test_the_learners_word_on_a_second_try_changes_no_date(context: AppContext) -> None:
    sit(context, "scale", VARIANCE, "something about exponentials", keys="r2\n")
    first, second = context.store.answers()
    assert [review.rating for review in first.reviews] == [Rating.good, Rating.again]
    assert [(review.state, review.rating) for review in second.reviews] == [("met", None)]


@pytest.mark.parametrize("key", ["skip", "undo", "reveal"])
def test_who_does_not_answer_again_keeps_what_there_was(context: AppContext, key: str) -> None:
    sit(context, "scale", VARIANCE, Pressed(key), keys="r\nq")
    assert context.store.answers()[0].reviews[1].state == "missing"
    assert len(context.store.answers()) == (2 if key == "reveal" else 1)


def test_whoever_leaves_in_the_middle_leaves(context: AppContext) -> None:
    asker = sit(context, "scale gpt3", VARIANCE, Pressed("quit"), "175B", keys="r\n")
    assert asker.lines == ["175B"]


def test_crammed_answers_are_asked_again_and_not_kept(context: AppContext) -> None:
    asker = sit(context, "scale", VARIANCE, SOFTMAX, keys="r\n", cram=True)
    assert (asker.lines, context.store.answers()) == ([], ())


@pytest.mark.parametrize("known", range(7))
def test_a_good_on_the_day_of_an_again_would_move_no_date(known: int) -> None:
    """Why what is asked again rates nothing: of items recalled up to six times before they were missed."""
    memory, at = None, datetime(2026, 12, 1, 12, tzinfo=UTC)
    for _ in range(known):
        memory = review(memory, "x", Rating.good, at)
        at = memory.due
    missed = review(memory, "x", Rating.again, at)
    again = review(missed, "x", Rating.good, at + timedelta(minutes=20))
    assert 1 <= again.stability / missed.stability < 1.17
    assert (again.due - at).days == (missed.due - at).days
