"""Hostile and huge answers: judged in bounded work, without a traceback, whatever they hold."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmquiz.grading import PointScore, PointState, Score, Span
from llmquiz.grading.text import read as reading
from tests.grading import fuzz
from tests.grading.kinds.test_number import number
from tests.grading.samples import HOSTILE, graded, state

every_hostile_answer = pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: repr(answer[:6]))


def lines_run(work: Callable[[], object]) -> int:
    """So many lines of Python `work` runs: what it costs, on any machine."""
    count, before = 0, sys.gettrace()

    def note(*_: object) -> Any:
        nonlocal count
        count += 1
        return note

    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@every_hostile_answer
def test_a_megabyte_is_judged_by_its_beginning(answer: str) -> None:
    """Whatever follows is not read: how long it takes hangs on MOST alone, and is told by `python -m tests.bench`."""
    score, beginning = graded(answer), graded(answer[: reading.MOST])
    assert fuzz.wrong(score, answer) == ""
    assert (score.points, score.misconceptions) == (beginning.points, beginning.misconceptions)
    whole, part = (lines_run(lambda text=text: reading.read(text)) for text in (answer, answer[: reading.MOST]))
    assert whole <= 1.01 * part


@every_hostile_answer
def test_twice_the_answer_is_no_more_than_twice_the_work(answer: str) -> None:
    graded(answer[:100])  # its words are known now: the first time is dearer
    once, twice = (lines_run(lambda size=size: graded(answer[:size])) for size in (1500, 3000))
    assert once > 1000
    assert twice <= 2.1 * once


def test_a_longer_answer_than_anyone_types_is_cut_and_said_to_be_too_long() -> None:
    assert "too-long" in [run.id for run in graded("a b " * 10_000).style]


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
    run = fuzz.run(1_000, seed=6, seconds=math.inf)
    assert (run.judged, run.faults) == (1_000, [])


def test_the_fuzz_run_tells_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz, "grade", broken)
    run = fuzz.run(100, seed=1, seconds=math.inf)
    assert len(run.faults) > 20
    assert "ZeroDivisionError" in run.faults[0]


def test_the_fuzz_run_starts_from_a_shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    unhurried = partial(fuzz.run, seconds=math.inf)
    monkeypatch.setattr(fuzz, "run", unhurried)
    assert fuzz.main(["--inputs", "3"]) == 0
    assert capsys.readouterr().out.startswith("3 inputs judged, 0 faults;")


def test_the_fuzz_run_tells_what_took_too_long() -> None:
    run = fuzz.run(5, seed=1, seconds=-1.0)  # nothing is as fast as that
    assert [fault.endswith(" s") for fault in run.faults] == [True] * 5


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
