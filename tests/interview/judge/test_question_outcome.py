"""Where a question stands after follow-ups, corrections and what was said in passing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llmquiz.grading.score import PointState
from llmquiz.interview.judge.question_outcome import Point, QuestionOutcome, par, standings
from llmquiz.interview.turns import Exchange, Why
from llmquiz.schema.questions import OpenQuestion
from tests.interview.small import BOTH, SOFTMAX, VARIANCE, WRONG, content, exchange, hearing, spoken

MET, MISSING, CONTRADICTED = PointState.met, PointState.missing, PointState.contradicted
SHRINKS = "The variance shrinks with d."


def standing(*exchanges: Exchange) -> QuestionOutcome:
    """Where the first question stands."""
    return standings(exchanges, hearing())[0]


def point(outcome: QuestionOutcome, name: str = "variance") -> tuple[PointState, str, bool]:
    """State, place and denial of a point."""
    return next((point.state, point.where, point.denied) for point in outcome.points if point.id == name)


@pytest.mark.parametrize(
    ("exchanges", "where"),
    [
        ((exchange(VARIANCE),), (MET, "first", False)),
        ((exchange(SOFTMAX),), (MISSING, "", False)),
        ((exchange(SOFTMAX), spoken(VARIANCE)), (MET, "follow-up", False)),
        ((exchange(SOFTMAX), exchange(VARIANCE, "mask", number=2)), (MET, "passing", False)),
        ((exchange(SHRINKS),), (CONTRADICTED, "", True)),
        ((exchange(SHRINKS), spoken(VARIANCE)), (MET, "follow-up", True)),  # taken back
        ((exchange(VARIANCE), spoken(SHRINKS)), (CONTRADICTED, "", True)),  # the last decisive word counts
        ((exchange(VARIANCE), spoken(SHRINKS), spoken(VARIANCE, number=3)), (MET, "follow-up", True)),
        ((exchange(VARIANCE), spoken("I am not sure.")), (MET, "first", False)),
        ((exchange(VARIANCE), exchange(SHRINKS, "mask", number=2)), (MET, "first", False)),  # passing only helps
        ((exchange(SHRINKS), exchange(VARIANCE, "mask", number=2)), (CONTRADICTED, "", True)),  # nor does it mend
    ],
)
def test_a_point_stands_by_the_last_decisive_word_about_it(
    exchanges: tuple[Exchange, ...], where: tuple[PointState, str, bool]
) -> None:
    assert point(standing(*exchanges)) == where


def test_misconceptions_of_the_answer_and_of_follow_ups_count_once_each() -> None:
    small = "It keeps the embeddings small."
    outcome = standing(exchange(WRONG), spoken(WRONG), spoken(small, number=3))
    assert [misconception.id for misconception in outcome.misconceptions] == ["speed", "shrink"]


@pytest.mark.parametrize(
    ("exchanges", "where"),
    [
        ((exchange("175B", "gpt3"),), (MET, "first", False)),
        ((exchange("13B", "gpt3"),), (MISSING, "first", False)),
        ((exchange("", "gpt3"),), (MISSING, "", False)),
        (
            (exchange("13B", "gpt3"), exchange("175B", "gpt3", number=2, why=Why.wrong_number, parent=1)),
            (MET, "follow-up", True),
        ),
        (
            (exchange("13B", "gpt3"), exchange("14B", "gpt3", number=2, why=Why.wrong_number, parent=1)),
            (MISSING, "first", False),
        ),
    ],
)
def test_a_number_asked_again_stands_by_its_better_answer(
    exchanges: tuple[Exchange, ...], where: tuple[PointState, str, bool]
) -> None:
    (outcome,) = standings(exchanges, hearing())
    assert outcome.single
    assert point(outcome, "") == where


def test_follow_ups_closings_and_lost_questions_have_no_outcome_of_their_own() -> None:
    lost = exchange(VARIANCE, number=3)
    exchanges = [
        exchange(VARIANCE),
        spoken(SOFTMAX),
        replace(lost, turn=replace(lost.turn, question="small/gone")),
        exchange("Bye.", "", number=4),
    ]
    assert [outcome.exchange.turn.question for outcome in standings(exchanges, hearing())] == ["small/scale"]


@pytest.mark.parametrize(
    ("standing_point", "credit"),
    [
        (Point("p", MET, "first"), 1.0),
        (Point("p", MET, "passing"), 0.5),
        (Point("p", MET, "follow-up"), 0.6),
        (Point("p", MET, "follow-up", denied=True), 0.5),
        (Point("p", PointState.partly), 0.5),
        (Point("p", CONTRADICTED, denied=True), 0.0),
        (Point("p", MISSING), 0.0),
    ],
)
def test_a_point_that_had_to_be_asked_for_is_worth_less(standing_point: Point, credit: float) -> None:
    assert standing_point.credit == pytest.approx(credit)


def test_coverage_counts_points_by_weight_and_leaves_out_what_is_undecided() -> None:
    answer = exchange(VARIANCE)
    heavy, light = Point("a", MET, "first", weight=3), Point("b", MISSING)
    assert QuestionOutcome(answer, (heavy, light)).coverage == 0.75
    assert QuestionOutcome(answer, (heavy, light), par=0.75).coverage == 1.0
    assert QuestionOutcome(answer, (heavy, light), par=0.5).coverage == 1.0  # not more than all
    assert QuestionOutcome(answer, (light, Point("c", PointState.undecided, weight=5))).coverage == 0.0
    assert QuestionOutcome(answer, (Point("c", PointState.undecided),)).coverage is None


def test_a_long_answer_weighs_more_and_a_single_one_as_much_as_a_line() -> None:
    points = (Point("a", MET, "first"), Point("b", MISSING))
    weights = [
        QuestionOutcome(exchange(BOTH, depth=depth), points).weight for depth in ("one-line", "one-minute", "full")
    ]
    assert weights == [1.0, 2.0, 3.0]
    assert QuestionOutcome(exchange("175B", "gpt3", depth="full"), (Point("", MET, "first"),)).weight == 1.0


def test_par_is_what_the_model_answer_of_that_depth_meets() -> None:
    entry = content()[0].get("small/scale").entry
    assert isinstance(entry, OpenQuestion)
    assert par("small/scale", entry, "one-line", hearing()) == 0.5  # variance, 2 of 4
    assert par("small/scale", entry, "one-minute", hearing()) == 0.75
    assert par("small/scale", entry, "full", hearing()) == 0.75  # there is no full answer


def test_nobody_is_measured_against_next_to_nothing() -> None:
    entry = content()[0].get("small/scale").entry
    assert isinstance(entry, OpenQuestion)
    vague = entry.answers.one_line.model_copy(update={"text": entry.prompt})
    terse = entry.model_copy(update={"answers": entry.answers.model_copy(update={"one_line": vague})})
    assert par("small/scale", terse, "one-line", hearing()) == 0.3


def test_in_passing_counts_only_what_a_related_question_drew_out() -> None:
    """Not a closing word, not a question back, and nothing said about something else."""
    answer = exchange(SOFTMAX)
    assert point(standing(answer, exchange(VARIANCE, "mask", number=2))) == (MET, "passing", False)
    assert point(standing(answer, exchange(f"{VARIANCE[:-1]}?", "mask", number=2))) == (MISSING, "", False)
    assert point(standing(answer, exchange(VARIANCE, "kinds.encoder.sees", number=2))) == (MISSING, "", False)
    assert point(standing(answer, exchange(VARIANCE, "", number=2, kind="closing"))) == (MISSING, "", False)
