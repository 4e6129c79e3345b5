"""The lists of phrases.txt: an expression or the words of one, by name."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.lexicon import forms, pattern, word_list


def test_an_expression_finds_any_entry_of_its_list() -> None:
    assert pattern("absolute").search("it is always so")
    assert pattern("absolute").search("永远如此")
    assert not pattern("absolute").search("it is often so")


def test_words_are_whole_and_a_list_that_there_is_not_is_an_error() -> None:
    assert {"not", "never"} <= word_list("negators")
    assert "" not in word_list("empty")
    with pytest.raises(KeyError, match="mood"):
        word_list("mood")


def test_irregular_forms_lead_to_one_word() -> None:
    assert (forms()["written"], forms()["gave"]) == ("write", "give")
    assert not set(forms()) & {"write", "give"}
