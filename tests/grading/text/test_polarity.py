"""Which words of an answer are denied, and which beliefs are reported only to be refuted."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.polarity import negations, polarity
from llmquiz.grading.text.read import fold, read


def denied(answer: str) -> str:
    """The words that stand under a negation."""
    reading = read(answer)
    keys = [token.key for token, under in zip(reading.tokens, polarity(reading).denied, strict=True) if under]
    return " ".join(keys)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("the memory does not grow", "not grow"),
        ("the memory doesn't grow", "do not grow"),
        ("the memory never grows", "never grow"),
        ("the memory grows, and time does not", "not"),  # in its own clause alone
        ("not only the time, the memory grows too", ""),
        ("显存不会增长", "不 会 增 长"),
        ("不仅显存增长", ""),
        ("the memory grows", ""),
    ],
)
def test_words_after_a_negation_in_their_clause_are_denied(answer: str, words: str) -> None:
    assert denied(answer) == words


@pytest.mark.parametrize("answer", ["显存一点增长都没有", "显存一点增长都没有，随长度也一样", "增长一点也没有"])
def test_a_negation_at_the_end_of_a_clause_denies_it_from_its_beginning(answer: str) -> None:
    reading = read(answer)
    first = [under for token, under in zip(reading.tokens, polarity(reading).denied, strict=True) if token.clause == 0]
    assert first
    assert all(first)


@pytest.mark.parametrize(
    ("answer", "clauses"),
    [
        ("Some say the cache is free, but that is wrong.", {0, 1}),
        ("Some say the cache is free.", set()),
        ("The cache is free.", set()),
        ("有人说缓存免费，其实不对，它占显存。", {0, 1}),
    ],
)
def test_a_belief_that_is_called_wrong_is_refuted(answer: str, clauses: set[int]) -> None:
    assert polarity(read(answer)).refuted_clauses == clauses


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("it does not see", 1),
        ("it doesn't see", 1),
        ("it cannot and will not", 2),
        ("not only this", 0),
        ("不仅如此", 0),
        ("不同的头", 0),
        ("没有看到", 1),
        ("it is not that it cannot scale", 0),
        ("knot", 0),
    ],
)
def test_negations_that_negate_nothing_are_left_out(text: str, count: int) -> None:
    assert len(negations(fold(text)[0])) == count
