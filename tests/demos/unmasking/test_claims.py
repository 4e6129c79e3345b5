"""What each claim of unmasking says where one value is put wrong; no model is run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("unmasking")


@pytest.mark.breaks("seems-better", "only-copies", "is-an-encoder", "only-for-training")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("seems-better", {"open_visible": RESULT.causal}, id="nothing is gained"),
        pytest.param("only-copies", {"copied": RESULT.open_swapped.right}, id="the wrong token is not preferred"),
        pytest.param("only-copies", {"open_swapped.loss": RESULT.open_visible.loss}, id="gains from any text"),
        pytest.param("is-an-encoder", {"open_hidden": RESULT.open_visible}, id="the gap is filled as if seen"),
        pytest.param("only-for-training", {"open_alone": RESULT.causal}, id="nothing is lost"),
        pytest.param("every-state-moves", {"causal_moved": 0.01}, id="a state moves under the mask"),
        pytest.param("every-state-moves", {"open_moved": 0.5}, id="half of them stay"),
        pytest.param("cache-still-works", {"open_written": RESULT.causal_written}, id="the same text"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("unmasking", claim, RESULT)
    assert verdict("unmasking", claim, changed(RESULT, values)) is not before
