"""A score is a count of its points by weight, and nothing else."""

from __future__ import annotations

import pytest

from llmquiz.grading.score import PointScore, PointState, value_of

MET, PARTLY, MISSING, CONTRADICTED, UNDECIDED = PointState


@pytest.mark.parametrize(
    ("points", "value"),
    [
        ([(MET, 1)], 1.0),
        ([(MET, 1), (MISSING, 1)], 0.5),
        ([(MET, 2), (MISSING, 1)], 0.6667),
        ([(PARTLY, 1), (MISSING, 1)], 0.25),
        ([(MET, 1), (CONTRADICTED, 1)], 0.5),  # no less than missing
        ([(MET, 1), (UNDECIDED, 5)], 1.0),  # never counted against the learner
        ([(UNDECIDED, 1)], 0.0),
        ([], 0.0),
    ],
)
def test_the_value_is_what_was_met_over_what_was_decided(points: list[tuple[PointState, int]], value: float) -> None:
    assert value_of(tuple(PointScore(str(n), state, weight=w) for n, (state, w) in enumerate(points))) == value


def test_every_state_has_its_credit() -> None:
    assert [state.credit for state in PointState] == [1.0, 0.5, 0.0, 0.0, 0.0]
