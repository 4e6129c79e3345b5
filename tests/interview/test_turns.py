"""Turns and replies as they are written down and read back."""

from __future__ import annotations

import json

import pytest

from llmquiz.interview.turns import Exchange, How, Reply, Turn, Why, turn_data, turn_of
from tests.interview.small import turn


def test_a_turn_is_read_back_as_it_was_written() -> None:
    asked = turn("gpt3", number=3, why=Why.wrong_number, because="13B", say="Once more.", parent=2, depth="one-line")
    assert turn_of(json.loads(json.dumps(turn_data(asked)))) == asked


def test_what_a_newer_version_wrote_is_passed_over_and_what_an_older_one_left_out_is_planned() -> None:
    data = turn_data(turn()) | {"mood": "stern"}
    del data["why"], data["parent"]
    assert turn_of(data) == turn()


def test_a_line_of_questions_is_named_by_the_turn_that_opened_it() -> None:
    opening, follow_up = turn(number=4), turn(number=5, parent=4)
    assert [Exchange(asked, Reply("", 0.0)).thread for asked in (opening, follow_up)] == [4, 4]


@pytest.mark.parametrize(("text", "empty"), [("", True), (" \n\t", True), ("no", False)])
def test_blanks_are_no_reply(text: str, empty: bool) -> None:
    assert Reply(text, 1.0, How.sent).empty is empty


def test_a_turn_that_opens_a_section_is_planned() -> None:
    assert Turn(1, "s", "t/q", "open", "full", 240).why is Why.planned
