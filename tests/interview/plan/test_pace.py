"""Time to say, to type and to think: budgets, and what fits into them."""

from __future__ import annotations

import pytest

from llmquiz.interview.plan.pace import KINDS, Pace, budget, clock, fitting, spoken
from llmquiz.interview.turns import Depth
from llmquiz.schema.questions import FullAnswer, OpenQuestion
from tests.interview.small import content

SLOW = Pace("en", 75)
"""Types half as fast as one speaks."""


def test_who_types_slower_than_one_speaks_gets_as_much_more_time() -> None:
    assert (SLOW.slowdown, SLOW.allowed(60), SLOW.taken("one two three four five")) == (2.0, 120.0, 4.0)
    assert Pace("zh", 250).slowdown == 1.0
    assert Pace("zh", 125).allowed(60) == 120.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 0.0), ("word " * 150, 60.0), ("词" * 250, 60.0), (f"{'word ' * 75}{'词' * 125}", 60.0)],
)
def test_speech_is_counted_in_words_and_characters(text: str, seconds: float) -> None:
    assert spoken(text) == pytest.approx(seconds)


def test_as_much_is_taken_as_fits() -> None:
    text = "one two three four five six"
    pace = Pace("en", 60)
    assert pace.taken(text) == 6
    assert pace.cut(text, 6) == text
    assert pace.cut(text, 3.5) == "one two three"
    assert pace.cut(text, 0.5) == ""
    assert Pace("zh", 100).cut("每个词都有损失", 2) == "每个词"


def test_a_question_has_the_time_that_its_author_gave_the_answer() -> None:
    collection, _ = content()
    scale = collection.get("small/scale")
    assert [budget(scale, depth) for depth in ("one-line", "one-minute", "full")] == [15, 60, 240]
    assert budget(collection.get("small/gpt3"), "full") == KINDS["number"] == 10


@pytest.mark.parametrize(("wished", "seconds"), [(60, 180), (200, 200), (900, 300)])
def test_a_full_answer_takes_three_to_five_minutes(wished: int, seconds: int) -> None:
    from dataclasses import replace

    scale = content()[0].get("small/scale")
    assert isinstance(scale.entry, OpenQuestion)
    section = {"title": scale.entry.prompt, "text": scale.entry.prompt, "seconds": 60}
    full = FullAnswer.model_validate({"seconds": wished, "sections": [section]})
    answers = scale.entry.answers.model_copy(update={"full": full})
    assert budget(replace(scale, entry=scale.entry.model_copy(update={"answers": answers})), "full") == seconds


@pytest.mark.parametrize(
    ("depth", "seconds", "fits"),
    [
        ("full", 180, "full"),
        ("full", 179, "one-minute"),
        ("full", 60, "one-minute"),
        ("full", 59, "one-line"),
        ("full", 1, "one-line"),
        ("one-minute", 600, "one-minute"),  # never deeper than was asked for
        ("one-line", 600, "one-line"),
    ],
)
def test_a_depth_that_does_not_fit_gives_way_to_a_shorter_one(depth: Depth, seconds: float, fits: Depth) -> None:
    assert fitting(depth, seconds, Pace("en", 150)) == fits
    assert fitting(depth, 2 * seconds, SLOW) == fits


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (125, "2:05"), (-7, "-0:07"), (-0.4, "0:00"), (3600, "60:00")]
)
def test_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
