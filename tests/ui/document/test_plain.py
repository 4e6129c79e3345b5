"""A question in a pipe."""

from __future__ import annotations

from llmquiz.ui.document.front import Front
from llmquiz.ui.document.plain import below


def test_code_is_set_in_and_choices_are_numbered_as_shown() -> None:
    front = Front("Which?", code="a\n  b\n", choices=("one", "two"))
    assert below(front, (2, 1)) == ["    a", "      b", "  1. two", "  2. one"]


def test_a_question_without_them_has_nothing_below() -> None:
    assert below(Front("Why?"), ()) == []
