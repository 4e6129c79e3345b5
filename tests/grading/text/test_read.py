"""How an answer is cut: inflections meet, words that only look inflected do not, numbers have one form."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.read import keys, listed, stem

SAME = [
    "cache caches cached caching",
    "use uses used using",
    "copy copies copied copying",
    "make makes made making",
    "give gave given",
    "write writes wrote written writing",
    "query queries queried",
    "freeze froze frozen freezing",
    "free frees freed freeing",
    "agree agreed agreeing",
    "see sees saw seen seeing",
    "have has had having",
    "batch batches batched",
    "matrix matrices",
    "fit fits fitted fitting",
    "process processes processed",
    "model models modelled modeling",
    "cheap cheaper cheapest",
    "slow slower slowest slows",
]


@pytest.mark.parametrize("words", SAME)
def test_inflections_of_a_word_are_one_token(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("string", "str"),
        ("need", "ne"),
        ("speed", "spe"),
        ("bring", "br"),
        ("this", "thi"),
        ("bias", "bia"),
        ("loss", "lose"),
        ("bound", "bind"),  # memory-bound
        ("left", "leave"),
        ("layer", "lay"),
        ("number", "numb"),
        ("used", "us"),
        ("process", "proceed"),
        ("better", "bet"),
    ],
)
def test_words_that_only_look_inflected_stay_apart(word: str, other: str) -> None:
    assert stem(word) != stem(other)


def test_a_list_of_words_is_met_by_every_inflection() -> None:
    assert {stem("because"), stem("have"), stem("makes")} <= listed("empty") | listed("saying")


@pytest.mark.parametrize(
    "number", ["175B", "175 billion", "1750 亿", "1,750 亿", "1.75e11", "175,000,000,000", "１７５Ｂ"]
)
def test_a_number_is_its_value(number: str) -> None:
    assert keys(number) == ("#1.75e+11",)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("can't", ("can", "not")),
        ("won't", ("will", "not")),
        ("the model's", ("the", "model")),
        ("不看", ("不", "看")),
        ("K、V", ("k", "v")),
        ("", ()),
    ],
)
def test_words_and_characters(text: str, tokens: tuple[str, ...]) -> None:
    assert keys(text) == tokens
