"""An order is right as its author wrote it."""

from __future__ import annotations

import pytest

from llmquiz.schema.questions import OrderQuestion
from tests.grading.samples import state, text


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("1 2 3", "met"),
        ("1，2，3", "met"),
        ("2 1 3", "missing"),
        ("1 2", "undecided"),
        ("1 2 2", "undecided"),
        ("", "undecided"),
    ],
)
def test_an_order_is_right_as_its_author_wrote_it(response: str, expected: str) -> None:
    asked = OrderQuestion.model_validate(
        {"type": "order", "id": "o", "prompt": text("?"), "steps": [text("a"), text("b"), text("c")]}
    )
    assert state(asked, response) == expected
