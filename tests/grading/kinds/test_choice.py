"""A choice is the number of an option."""

from __future__ import annotations

import pytest

from llmquiz.schema.questions import ChoiceQuestion
from tests.grading.samples import state, text


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("2", "met"),
        (" ２ ", "met"),
        ("1", "missing"),
        ("3", "undecided"),
        ("1 2", "undecided"),
        ("x", "undecided"),
    ],
)
def test_a_choice_is_the_number_of_an_option(response: str, expected: str) -> None:
    options = [{"text": text("a")}, {"text": text("b"), "right": True}]
    asked = ChoiceQuestion.model_validate({"type": "choice", "id": "c", "prompt": text("?"), "options": options})
    assert state(asked, response) == expected
