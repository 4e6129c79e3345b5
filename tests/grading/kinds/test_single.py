"""A question with one answer has one point without a name, and is worth what that point is."""

from __future__ import annotations

import pytest

from llmquiz.grading import PointState
from llmquiz.grading.kinds.single import single


@pytest.mark.parametrize("state", PointState)
def test_a_single_answer_is_one_point_with_its_reason_and_worth_its_credit(state: PointState) -> None:
    score = single(state, "the words")
    assert [(point.id, point.state, point.because) for point in score.points] == [("", state, "the words")]
    assert score.value == state.credit
    assert (score.misconceptions, score.terms, score.style) == ((), (), ())
