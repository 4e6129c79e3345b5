"""Texts as pieces: where each stands, what is cut, and long answers part by part."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from llmquiz.grading.reader import pieces
from llmquiz.grading.reader.pieces import ANSWER, BESIDE, FIRST_STATEMENT, answered, stated
from tests.grading.reader import base

SIGNS = "abcdefghijklmnopqrstuvwxyzKV.,?，。 \u2581缓存随长度增长而且很大为什么"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """One of single characters."""
    special = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    return base.tokenizer([*special, *((sign, -5.0) for sign in dict.fromkeys(SIGNS))])


@pytest.mark.parametrize("answer", ["The cache grows with the length.", "缓存随长度增长，而且 ＫＶ 很大。"])
def test_every_piece_of_the_answer_knows_where_it_stands(tokenizer: Tokenizer, answer: str) -> None:
    (part,) = answered(tokenizer, "Why? 为什么？", answer)
    assert len(part.ids) == len(part.segments) == len(part.offsets)
    inside = [offsets for offsets, segment in zip(part.offsets, part.segments, strict=True) if segment == ANSWER]
    assert inside[0][0] == 0
    assert inside[-1][1] == len(answer)
    assert {BESIDE, ANSWER} == set(part.segments)


def test_a_long_answer_is_read_part_by_part_and_each_ends_with_a_sentence(tokenizer: Tokenizer) -> None:
    answer = "The cache grows with the length of the text. " * 30
    parts = list(answered(tokenizer, "Why?", answer))
    assert len(parts) > 1
    ends = [max(part.offsets)[1] for part in parts]
    assert all(answer[:end].rstrip().endswith(".") for end in ends)
    assert ends[-1] >= len(answer.rstrip())
    assert all(part.segments.count(ANSWER) <= pieces.LONGEST_ANSWER for part in parts)


def test_what_nobody_types_costs_no_more_than_what_somebody_does(tokenizer: Tokenizer) -> None:
    assert len(list(answered(tokenizer, "", "not " * 250_000))) == pieces.PARTS


def test_a_long_statement_and_a_long_prompt_are_cut(tokenizer: Tokenizer) -> None:
    assert len(stated(tokenizer, "cache " * 500).ids) == pieces.LONGEST_STATEMENT + 2
    assert set(stated(tokenizer, "cache").segments) == {FIRST_STATEMENT}
    (part,) = answered(tokenizer, "why " * 500, "short")
    assert part.segments.index(ANSWER) == pieces.LONGEST_PROMPT + 2
