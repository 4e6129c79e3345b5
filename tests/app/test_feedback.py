"""The verdict on the screen: within it, for every kind of question, and without what is still to be asked."""

from __future__ import annotations

import pytest
from rich.console import Console

from llmquiz.app import answering
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt
from llmquiz.app.feedback import Feedback
from llmquiz.grading.score import PointState, Score
from tests.app.scripted import Scripted

KEYS = "↵ next|q quit"


def feedback(context: AppContext, name: str, score: Score | None = None, hidden: tuple[str, ...] = ()) -> Feedback:
    question = context.collection.get(f"small/{name}")
    score = score or answering.not_known(question.entry)
    return Feedback(context, Attempt(question, "1", 1.0), score, 0, "one-minute", lambda _: score, hidden)


def drawn(context: AppContext, shown: Feedback, height: int = 24) -> list[str]:
    console = Console(width=80, height=height)
    context.print_to(console)
    with console.capture() as capture:
        shown.draw(KEYS, "back tomorrow")
    return capture.get().splitlines()


def looked(context: AppContext, shown: Feedback, key: str) -> str:
    console = Console(width=80, height=200)
    context.print_to(console)
    with console.capture() as capture:
        shown.look(Scripted(), key)
    return " ".join(capture.get().split())


@pytest.mark.parametrize("height", [24, 12, 8, 4])
@pytest.mark.parametrize("name", ["scale", "gpt3", "pick", "steps", "free", "order-of-words", "kinds.encoder.sees"])
def test_the_verdict_is_never_longer_than_the_screen(context: AppContext, name: str, height: int) -> None:
    lines = drawn(context, feedback(context, name), height)
    assert len(lines) <= height - 2  # a line of keys, and one for the cursor
    assert len(lines) >= min(4, height - 2)


def test_the_score_the_points_and_what_comes_next_are_there(context: AppContext) -> None:
    lines = drawn(context, feedback(context, "scale"))
    assert lines[2] == "0 % · 0 of 2 points"
    assert [line[:14] for line in lines[3:5]] == [" 1 ○ missing  ", " 2 ○ missing  "]
    assert lines[-1] == "back tomorrow"


def test_what_is_missed_is_what_the_level_asks_for(context: AppContext) -> None:
    assert feedback(context, "scale").missed == ["variance", "softmax"]  # kernel is for experts
    assert feedback(context, "gpt3").missed == [""]
    right = answering.grade(context, context.collection.get("small/gpt3"), "175B")
    assert feedback(context, "gpt3", right).missed == []


@pytest.mark.parametrize(("name", "keys"), [("scale", "awm"), ("gpt3", "am"), ("kinds.encoder.sees", "atm")])
def test_only_what_there_is_can_be_looked_at(context: AppContext, name: str, keys: str) -> None:
    assert set(keys) <= set(feedback(context, name).views())
    assert ("t" in feedback(context, name).views()) is ("t" in keys)


def test_a_table_hides_what_is_still_to_be_asked(context: AppContext) -> None:
    asked, later = "kinds.encoder.sees", "small/kinds.decoder.sees"
    assert context.words("back.rows-hidden") not in looked(context, feedback(context, asked), "t")
    for key in "tm":
        shown = looked(context, feedback(context, asked, hidden=(later,)), key)
        assert context.words("back.rows-hidden") in shown
        assert "both sides" in shown


def test_everything_is_behind_one_key(context: AppContext) -> None:
    shown = looked(context, feedback(context, "scale"), "m")
    for part in ("Key points", "A good answer (one line", "A good answer (one minute", "Your answer 1"):
        assert part in shown


def test_the_score_before_the_second_try_stands_beside_the_new_one(context: AppContext) -> None:
    shown = feedback(context, "scale")
    shown.before = 0
    shown.score = Score(1.0, tuple(type(p)(p.id, PointState.met) for p in shown.score.points))
    assert drawn(context, shown)[2] == "0 % → 100 % · 2 of 2 points"
