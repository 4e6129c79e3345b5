"""All texts of four letters."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import four_letters

pytestmark = pytest.mark.demo


def test_every_text_is_there_once_in_alphabetical_order() -> None:
    names = [four_letters.spelled(row) for row in four_letters.every_text()]
    assert names == sorted(set(names))
    assert (len(names), names[0], names[27], names[-1]) == (256, "aaaa", "abcd", "dddd")
