"""The two reasons of a verdict: which areas they name, and what each shows."""

from __future__ import annotations

import pytest

from llmquiz.grading.score import PointState, Remark
from llmquiz.interview.judge.question_outcome import Point, QuestionOutcome
from llmquiz.interview.judge.reasons import Area, Built, Reason, Recommendation, brevity, length, reasons
from llmquiz.interview.judge.structure import Check, Structure
from llmquiz.interview.turns import Exchange
from tests.interview.small import VARIANCE, exchange, hearing

YES, UNSURE, NO = Recommendation.yes, Recommendation.unsure, Recommendation.no


def named(step: Recommendation, gate: str = "", **values: float) -> list[tuple[str, bool]]:
    """The areas that are named, and whether they speak for the candidate."""
    areas = [Area(name, value, 1.0) for name, value in values.items()]
    return [(reason.area, reason.good) for reason in reasons(step, gate, areas, [], [], [], hearing())]


AREAS = {"coverage": 0.9, "correctness": 0.7, "structure": 0.6, "brevity": 0.3, "evidence": 0.1}


@pytest.mark.parametrize(
    ("step", "gate", "expected"),
    [
        (YES, "", [("coverage", True), ("correctness", True)]),
        (Recommendation.strong_yes, "", [("coverage", True), ("correctness", True)]),
        (UNSURE, "", [("evidence", False), ("coverage", True)]),
        (NO, "", [("evidence", False), ("brevity", False)]),
        (Recommendation.strong_no, "", [("evidence", False), ("brevity", False)]),
        (NO, "correctness", [("correctness", False), ("evidence", False)]),  # what closed the door comes first
        (UNSURE, "brevity", [("brevity", False), ("evidence", False)]),
        (YES, "brevity", [("coverage", True), ("correctness", True)]),  # a lower yes is no closed door
    ],
)
def test_the_areas_that_moved_the_score_most_are_named(
    step: Recommendation, gate: str, expected: list[tuple[str, bool]]
) -> None:
    assert named(step, gate, **AREAS) == expected


def test_an_area_that_came_to_less_than_half_speaks_for_nobody() -> None:
    assert named(YES, coverage=0.49, correctness=0.4) == [("coverage", False), ("correctness", False)]


def test_an_area_moves_the_score_by_its_weight() -> None:
    areas = [Area("coverage", 0.7, 1.0), Area("correctness", 0.8, 0.0), Area("brevity", 0.69, 5.0)]
    chosen = reasons(YES, "", areas, [], [], [], hearing())
    assert [reason.area for reason in chosen] == ["brevity", "coverage"]


def shown(area: str, good: bool, **given: object) -> Reason:
    """The reason about one area, beside another of no interest."""
    step, value = (YES, 1.0) if good else (NO, 0.0)
    areas = [Area(area, value, 1.0), Area("evidence" if area != "evidence" else "coverage", 0.5, 0.0)]
    lists = {"outcomes": (), "built": (), "answered": ()} | given
    chosen = reasons(step, "", areas, hearing=hearing(), **lists)  # type: ignore[arg-type]
    return next(reason for reason in chosen if reason.area == area)


LOW = QuestionOutcome(
    exchange(VARIANCE),
    (Point("a", PointState.missing), Point("b", PointState.partly, weight=3), Point("c", PointState.met, "first")),
)
HIGH = QuestionOutcome(exchange("It hides the future.", "mask", number=2), (Point("f", PointState.met, "first"),))


def test_coverage_is_shown_by_the_question_that_is_most_or_least_covered_and_its_heaviest_gap() -> None:
    assert shown("coverage", False, outcomes=(HIGH, LOW)) == Reason("coverage", False, "small/scale", "b")
    assert shown("coverage", True, outcomes=(LOW, HIGH)) == Reason("coverage", True, "small/mask")
    assert shown("coverage", False) == Reason("coverage", False)


def test_correctness_is_shown_by_the_first_thing_that_was_wrong() -> None:
    belief = QuestionOutcome(exchange(VARIANCE), (), (Remark("speed", "makes faster"),))
    denied = QuestionOutcome(exchange(VARIANCE), (Point("a", PointState.contradicted, because="shrinks"),))
    number = QuestionOutcome(exchange(" 13B ", "gpt3"), (Point("", PointState.missing),))
    assert shown("correctness", False, outcomes=(HIGH, belief, denied)) == Reason(
        "correctness", False, "small/scale", "speed", "makes faster"
    )
    assert shown("correctness", False, outcomes=(denied,)) == Reason(
        "correctness", False, "small/scale", "a", "shrinks"
    )
    assert shown("correctness", False, outcomes=(number,)) == Reason("correctness", False, "small/gpt3", "", "13B")
    assert shown("correctness", True, outcomes=(belief,)) == Reason("correctness", True)


def test_an_unanswered_number_is_not_shown_as_wrong() -> None:
    skipped = QuestionOutcome(exchange("", "gpt3"), (Point("", PointState.missing),))
    assert shown("correctness", False, outcomes=(skipped,)) == Reason("correctness", False)


def test_structure_is_shown_by_a_check_that_was_asked_for() -> None:
    checks = (
        Check("outlook", False, wanted=False),
        Check("answer-first", True, wanted=True, words="The variance"),
        Check("examples", False, wanted=True, words="none"),
        Check("order", True, wanted=True),
    )
    built = (Built(exchange(VARIANCE), Structure(checks, ())),)
    assert shown("structure", False, built=built) == Reason("structure", False, "small/scale", "examples", "none")
    assert shown("structure", True, built=built) == Reason(
        "structure", True, "small/scale", "answer-first", "The variance"
    )


def test_brevity_is_shown_by_the_answer_that_kept_least_to_its_time() -> None:
    long, short = exchange(VARIANCE, seconds=100.0), exchange("Its", "mask", seconds=1.0, number=2)
    assert shown("brevity", False, answered=(exchange(VARIANCE), long)) == Reason(
        "brevity", False, "small/scale", "long"
    )
    assert shown("brevity", False, answered=(exchange(VARIANCE), short)) == Reason(
        "brevity", False, "small/mask", "short"
    )
    assert shown("brevity", True, answered=(long,)) == Reason("brevity", True)


def test_evidence_is_shown_by_an_example_or_by_an_answer_without_one() -> None:
    with_one, without = exchange("For example, d is 64."), exchange(VARIANCE, "mask", number=2)
    assert shown("evidence", True, answered=(without, with_one)) == Reason(
        "evidence", True, "small/scale", "", "for example"
    )
    assert shown("evidence", False, answered=(with_one, without)) == Reason("evidence", False, "small/mask")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (exchange(VARIANCE, seconds=30.0), 1.0),
        (exchange(VARIANCE, seconds=66.0), 1.0),  # a tenth over is let pass
        (exchange(VARIANCE, seconds=93.0), 0.5),  # half of the way from 1.1 to 2 budgets
        (exchange(VARIANCE, seconds=120.0), 0.0),
        (exchange(VARIANCE, seconds=500.0), 0.0),
        (exchange(VARIANCE, seconds=7.5), 0.5),  # too short for a minute
        (exchange(VARIANCE, seconds=7.5, depth="one-line"), 1.0),
        (exchange("175B", "gpt3", seconds=0.5), 1.0),
        (exchange("", seconds=0.0), 0.0),
    ],
)
def test_an_answer_is_brief_within_its_time(answer: Exchange, value: float) -> None:
    assert brevity(answer, hearing()) == pytest.approx(value)


def test_an_answer_is_as_long_as_its_words_or_its_time_whichever_is_more() -> None:
    words = " ".join(["word"] * 150)  # a minute of speech
    assert length(exchange(words, seconds=6.0), hearing()) == pytest.approx(1.0)
    assert length(exchange("word", seconds=30.0), hearing()) == pytest.approx(0.5)
    assert length(exchange(" ", seconds=30.0), hearing()) == 0.0
