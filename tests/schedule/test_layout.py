"""The order in which options and steps are shown, and numbers typed against it."""

from __future__ import annotations

import pytest

from llmquiz.schedule.layout import Layout, lay_out
from llmquiz.schema.questions import OrderQuestion
from tests.entries import both, ref

SHOWN = Layout((3, 1, 2))


@pytest.mark.parametrize(
    ("typed", "authored"),
    [
        ("1", "3"),
        ("1 2 3", "3 1 2"),
        ("2, 1, 3", "1 3 2"),
        ("2，1、3", "1 3 2"),
        ("213", "1 3 2"),
        (" 2  1 ", "1 3"),
        ("11", None),  # not one for each: no row of single numbers
        ("0", None),
        ("4", None),
        ("-1", None),
        ("2 x", None),
        ("one", None),
        ("", None),
        ("１", "3"),  # full width
        ("²", None),
    ],
)
def test_numbers_of_the_screen_become_the_authors(typed: str, authored: str | None) -> None:
    assert SHOWN.authored(typed) == authored


def test_ten_and_more_are_never_taken_apart() -> None:
    assert Layout(tuple(range(12, 0, -1))).authored("12") == "1"
    assert Layout((1,)).authored("1") == "1"


def test_what_has_no_options_has_no_order() -> None:
    assert lay_out(ref("open"), 1) == Layout()
    assert Layout().authored("1") is None


def test_a_seed_draws_the_same_order_again_and_another_question_another() -> None:
    order = OrderQuestion.model_validate(
        {"type": "order", "id": "o", "prompt": both("?"), "steps": [both(str(number)) for number in range(9)]}
    )
    first = lay_out(ref("order", order), 1)
    assert lay_out(ref("order", order), 1) == first
    assert lay_out(ref("order", order), 2) != first
    assert lay_out(ref("order", order, "t/y"), 1) != first
    assert sorted(first.order) == list(range(1, 10))


def test_steps_are_never_shown_in_the_right_order_and_options_may_be() -> None:
    orders = {kind: {lay_out(ref(kind), seed).order for seed in range(60)} for kind in ("order", "choice")}
    assert orders["order"] == {(1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)}
    assert orders["choice"] == {(1, 2), (2, 1)}
