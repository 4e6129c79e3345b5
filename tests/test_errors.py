"""Errors speak both languages, and are caught by what they have in common."""

from __future__ import annotations

import pytest

from llmquiz import errors
from llmquiz.errors import LlmquizError, StoreError, UnknownId
from llmquiz.language import LANGS
from llmquiz.messages.errors import wording

CLASSES = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if kind is not UnknownId])
def test_every_error_is_told_in_the_language_asked_for_and_in_english_where_nobody_asks(
    kind: type[LlmquizError],
) -> None:
    values = {"kind": "riddle", "known": ("open", "choice")}
    error = kind("drill.no-kind", **values)
    assert [error.text(lang) for lang in LANGS] == [wording("drill.no-kind", lang, values) for lang in LANGS]
    assert str(error) == error.text("en") != error.text("zh")
    assert (error.code, error.values) == ("drill.no-kind", values)


def test_whoever_catches_all_errors_catches_each_and_what_cannot_be_written_is_a_matter_of_the_store() -> None:
    assert [kind for kind in CLASSES if not issubclass(kind, LlmquizError)] == []
    assert [kind for kind in CLASSES if issubclass(kind, StoreError)] == [StoreError, errors.Unwritable]


def test_an_unknown_id_names_the_nearest_in_each_language() -> None:
    error = UnknownId("drawbaks", ["drawbacks", "caches"])
    assert str(error) == "There is no 'drawbaks'. Did you mean drawbacks?"
    assert error.text("zh") == "没有“drawbaks”。是不是想找 drawbacks？"
    assert "`llmquiz list`" in UnknownId("zzz", ["drawbacks"]).text("zh")


def test_no_more_than_three_are_named_the_nearest_first() -> None:
    known = iter(["cached-ks", "caching", "caches", "cache", "unlike"])
    assert UnknownId("cache", known).values["near"] == ["cache", "caches", "cached-ks"]


def test_where_nothing_is_near_an_unknown_name_says_where_the_known_ones_are_listed() -> None:
    error = UnknownId("zzz", ["drawbacks"], see="llmquiz demo")
    assert ["`llmquiz demo`" in error.text(lang) for lang in LANGS] == [True, True]
