"""The words by which the parts of an answer are told apart."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.read import fold
from llmquiz.interview.roles import role

NAMES = {
    "preamble": ("Well, it depends", "It depends, well"),
    "reason": ("because it is dense", "it is dense"),
    "example": ("例如长文本", "长文本也一样"),
    "measured": ("it was measured by Wang", "everybody knows it"),
    "exception": ("with one exception", "with one layer"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_role_is_seen_by_its_words(name: str) -> None:
    with_it, without = (fold(text)[0] for text in NAMES[name])
    assert role(name).search(with_it)
    assert not role(name).search(without)


def test_a_role_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError, match="mood"):
        role("mood")
