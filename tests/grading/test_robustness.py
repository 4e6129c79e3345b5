"""Hostile and huge answers: judged within a second, without a traceback, whatever they hold."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmquiz.grading import PointScore, PointState, Score, Span
from llmquiz.grading import text as reading
from tests.grading import fuzz
from tests.grading.samples import graded
from tests.grading.test_kinds import number, state

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


@pytest.mark.parametrize("answer", ["1e400", "亿" * 400, "9" * 400, "-1e400", "3e-999 %"])
def test_a_number_beyond_all_bounds_is_judged(answer: str) -> None:
    assert state(number(3.5, "x"), answer) in {"missing", "undecided"}


@pytest.mark.parametrize("answer", ["n't", "n't n't. 'n't'", "it n't grow"])
def test_a_negation_without_its_verb_is_read(answer: str) -> None:
    assert graded(answer).value == 0.0


def test_a_part_of_the_fuzz_run_finds_nothing() -> None:
    """`python -m tests.grading.fuzz` is the whole of it: 100,000 inputs."""
    found = fuzz.run(1_000, seed=6)
    assert (found.judged, found.faults) == (1_000, [])


def test_the_fuzz_run_tells_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz, "grade", broken)
    found = fuzz.run(20, seed=1)
    assert len(found.faults) > 10
    assert "ZeroDivisionError" in found.faults[0]


@pytest.mark.parametrize(
    ("score", "fault"),
    [
        (Score(1.0, (PointScore("p", PointState.met, spans=(Span(0, 3),)),)), ""),
        (Score(1.01, ()), "score 1.01"),
        (Score(float("nan"), ()), "score nan"),
        (Score(1.0, (PointScore("p", PointState.met, spans=(Span(0, 4),)),)), "a span of 'p' outside of the answer"),
        (Score(1.0, (PointScore("p", PointState.met, spans=(Span(2, 2),)),)), "a span of 'p' outside of the answer"),
    ],
)
def test_the_fuzz_run_sees_what_does_not_hold(score: Score, fault: str) -> None:
    assert fuzz.wrong(score, "abc") == fault
