"""What an answer reviews, and the tally of a sitting."""

from __future__ import annotations

import pytest

from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schedule.due_dates import Rating
from llmquiz.schedule.reviews import Review, Tally, reviews
from tests.entries import ref

MET, PARTLY, MISSING, CONTRADICTED, UNDECIDED = PointState
CORE, EXPERT = 0, 2


def answered(
    variance: PointState,
    fold: PointState,
    *,
    level: int = CORE,
    known: tuple[str, ...] = (),
    hinted: tuple[str, ...] = (),
) -> list[Review]:
    """What an open answer reviews whose two points came to this."""
    score = Score(0.7, (PointScore("variance", variance), PointScore("fold", fold)))
    return reviews(ref("open"), score, level=level, known=known, hinted=hinted)


def test_an_open_answer_reviews_the_points_of_the_learners_level() -> None:
    assert answered(MET, MISSING) == [Review("t/x.variance", MET, Rating.good, 1.0)]
    assert answered(PARTLY, MISSING, level=EXPERT) == [
        Review("t/x.variance", PARTLY, Rating.again, 0.5),
        Review("t/x.fold", MISSING, Rating.again, 0.0),
    ]


def test_a_point_above_the_level_counts_once_it_was_met_or_seen() -> None:
    assert [review.item for review in answered(MET, MET)] == ["t/x.variance", "t/x.fold"]
    assert [review.item for review in answered(MET, MISSING, known=("t/x.fold",))] == ["t/x.variance", "t/x.fold"]
    assert [review.item for review in answered(MET, CONTRADICTED)] == ["t/x.variance"]


def test_a_point_at_exactly_the_level_counts() -> None:
    assert [review.item for review in answered(MISSING, MISSING, level=1)] == ["t/x.variance"]
    assert [review.item for review in answered(MISSING, MISSING, level=EXPERT)] == ["t/x.variance", "t/x.fold"]


def test_a_hint_counts_against_the_points_that_it_named_alone() -> None:
    ratings = [review.rating for review in answered(MET, MET, hinted=("fold",))]
    assert ratings == [Rating.good, Rating.again]


def test_what_is_undecided_is_no_review() -> None:
    assert answered(UNDECIDED, MISSING) == [Review("t/x.variance", UNDECIDED, None, 0.0)]


@pytest.mark.parametrize("kind", ["number", "term", "cell", "choice", "claim", "order", "code"])
def test_any_other_answer_reviews_its_one_item_by_its_first_verdict(kind: str) -> None:
    score = Score(0.25, (PointScore("", MISSING), PointScore("reason", MET)))
    assert reviews(ref(kind), score, level=CORE, known=(), hinted=()) == [Review("t/x", MISSING, Rating.again, 0.25)]
    right = Score(1.0, (PointScore("", MET),))
    assert reviews(ref(kind), right, level=CORE, known=(), hinted=("",)) == [Review("t/x", MET, Rating.again, 1.0)]


def test_a_tally_counts_gained_and_missed_and_leaves_out_what_was_undecided() -> None:
    states = (MET, MET, PARTLY, MISSING, CONTRADICTED, UNDECIDED)
    items = [Review(f"t/x.{number}", state, None, 0.0) for number, state in enumerate(states)]
    tally = Tally({1: items[:3], 2: items[3:]})
    assert (tally.met, tally.missed) == (2, 3)
    del tally.answers[2]
    assert (tally.met, tally.missed) == (2, 1)
    assert (Tally().met, Tally().missed) == (0, 0)
