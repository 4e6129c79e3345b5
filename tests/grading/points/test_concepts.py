"""What a text speaks of: terms, everyday concepts and words, each with its sign."""

from __future__ import annotations

import pytest

from llmquiz.grading.points.concepts import mentions
from llmquiz.grading.text.polarity import polarity
from llmquiz.grading.text.read import read
from tests.grading.samples import GLOSSARY


def spoken_of(answer: str) -> dict[str, int]:
    """Every sense of a text with its sign."""
    reading = read(answer)
    return {name: sign for mention in mentions(reading, polarity(reading), GLOSSARY) for name, sign in mention.senses}


@pytest.mark.parametrize(
    ("answer", "senses"),
    [
        ("the KV cache grows", {"@kv-cache": 1, "~more": 1}),
        ("the KV cache shrinks", {"@kv-cache": 1, "~more": -1}),
        ("the KV cache does not grow", {"@kv-cache": 1, "~more": -1}),
        ("the KV cache does not shrink", {"@kv-cache": 1, "~more": 1}),
        ("KV 缓存增大", {"@kv-cache": 1, "~more": 1}),
        ("显存一点增长都没有", {"~more": -1}),
        ("Some say the cache grows, but that is wrong.", {"~more": -1}),
        ("Without an encoder the cache grows", {"~more": 0}),  # under a condition it says neither
        ("zyzzyva", {"zyzzyva": 1}),
    ],
)
def test_a_sense_has_the_sign_with_which_it_was_said(answer: str, senses: dict[str, int]) -> None:
    said_of = spoken_of(answer)
    assert {name: said_of.get(name) for name in senses} == senses


def test_an_answer_of_nothing_speaks_of_nothing() -> None:
    assert spoken_of("") == {}
    assert spoken_of("the of and") == {}


def test_the_longest_term_covers_its_words() -> None:
    reading = read("a causal mask in a decoder")
    terms = [
        (mention.place, mention.end, mention.senses[0][0])
        for mention in mentions(reading, polarity(reading), GLOSSARY)
        if mention.senses[0][0].startswith("@")
    ]
    assert terms == [(1, 3, "@causal-mask"), (5, 6, "@decoder")]
