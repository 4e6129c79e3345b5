"""The author's to-do list on the screen."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.tables.review import todo
from tests.ui.drawn import drawn


def row(**more: Any) -> dict[str, Any]:
    """A question with nothing to do."""
    return {"id": "small/scale", "path": "small/questions.yaml", "line": 3, "flags": [], "answers": []} | more


def answer(*items: tuple[str, str, str]) -> dict[str, Any]:
    """An answer, with (item, why, state) of what is in doubt."""
    keys = ("item", "why", "state")
    return {"number": 7, "text": "It [grows].", "items": [dict(zip(keys, item, strict=True)) for item in items]}


@pytest.mark.parametrize("lang", LANGS)
def test_where_nothing_is_to_be_done_it_says_so(lang: Lang) -> None:
    assert drawn(*todo([], Words(lang)), width=100) == [Words(lang)("review.none")]


@pytest.mark.parametrize("lang", LANGS)
def test_a_question_stands_with_its_place_its_flags_and_the_answers_in_doubt(lang: Lang) -> None:
    words = Words(lang)
    doubtful = answer(("small/scale.softmax", "overruled", "met"), ("small/scale", "undecided", "undecided"))
    rows = [row(flags=[{"note": "too *hard*"}], answers=[doubtful]), row(id="small/pick", line=40)]
    assert drawn(*todo(rows, words), width=200) == [
        *("", "small/scale", "  small/questions.yaml:3", "  ⚑ too *hard*", "  #7 It [grows]."),
        "    " + words("review.overruled", item="softmax", state=words("state.met")),
        "    " + words("review.undecided", item="small/scale"),
        *("", "small/pick", "  small/questions.yaml:40"),
        *("", words("review.how")),
    ]


def test_without_an_answer_it_does_not_say_how_to_accept_one() -> None:
    assert drawn(*todo([row(flags=[{"note": "hard"}])], Words("en"))) == [
        *("", "small/scale", "  small/questions.yaml:3", "  ⚑ hard")
    ]


def test_a_question_that_is_in_no_file_any_more_has_no_place() -> None:
    assert drawn(*todo([row(path="", line=0)], Words("en"))) == ["", "small/scale"]
