"""The urn: its rule, and texts of it; without torch."""

from __future__ import annotations

import math

import pytest

from llmquiz.demos.positions import language


def test_the_floor_is_the_rule_of_the_urn() -> None:
    """Behind `tea eat ` the next word is one of 25, two of them likelier."""
    share = language.SHARE
    whole = 2 + 25 * share
    begins_with_t = (1 + share) + 3 * share  # tea; tops, thing, tinsel
    assert language.floor("x tea eat t", 1) == pytest.approx(-math.log(begins_with_t / whole))
    begins_te = 1 + share
    assert language.floor("x tea eat te", 1) == pytest.approx(-math.log(begins_te / begins_with_t))
    assert language.floor("x tea eat tea", 1) == pytest.approx(0)
    assert language.floor("tea eat t", 1) > language.floor("x tea eat t", 1), (
        "a word that begins before the text is not known"
    )


@pytest.mark.parametrize(
    ("text", "counted"),
    [("st post tops lat", (2, 2)), ("post tops", (0, 0)), (" psot cat ", (1, 2)), (" cat cat ", (2, 2))],
)
def test_only_whole_words_are_counted(text: str, counted: tuple[int, int]) -> None:
    assert language.known(text) == counted


def test_letters_become_numbers_and_letters_again() -> None:
    assert language.spelled(language.ids("tea eat")) == "tea eat"
