"""Hostile and huge answers: judged within a second, without a traceback, whatever they hold."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmquiz.grading import text as reading
from tests.grading.samples import graded

HOSTILE = [
    "(" * 1_000_000,
    "\x00\x1b[31m\r" * 150_000,
    "😀" * 1_000_000,
    "不" * 1_000_000,
    "not " * 250_000,
    "a," * 500_000,
    "some people say " * 60_000,
    "1" * 1_000_000,
    "给" * 500_000,
    "give " * 200_000,
    "\u0301" * 1_000_000,
    "it is a myth that " * 55_000,
    "ab'" * 300_000,
    "\ufdfa" * 1_000_000,  # one character that folds to eighteen
    "the memory grows with the length. " * 30_000,
]


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: repr(answer[:6]))
def test_a_megabyte_is_judged_within_a_second(answer: str) -> None:
    graded("warm up")
    start = time.process_time()
    graded(answer)
    assert time.process_time() - start < 1.0


def test_a_longer_answer_than_anyone_types_is_cut_and_said_to_be_too_long() -> None:
    assert "too-long" in [found.id for found in graded("a b " * 10_000).style]


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=300)
    | st.text(st.sampled_from("不没没有not no but 但 memory grows length 。.,，K、V（）\n123亿%'\""), max_size=300)
)
def test_any_text_is_judged_and_its_spans_stand_in_it(answer: str) -> None:
    score = graded(answer)
    assert 0.0 <= score.value <= 1.0
    for point in score.points:
        assert all(0 <= span.start < span.end <= len(answer) for span in point.spans)
        assert point.because == " … ".join(answer[span.start : span.end] for span in point.spans)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_the_way_back_from_the_folded_text_is_in_order(answer: str) -> None:
    folded, origin = reading.fold(answer)
    assert len(origin) == len(folded) + 1
    assert origin == sorted(origin)
