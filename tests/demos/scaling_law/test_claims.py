"""What each claim of scaling-law says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("scaling-law")
FIRST = RESULT.rungs[0]
BELOW = replace(FIRST.scores[1], loss=RESULT.entropy - 1e-6)
LARGEST = max(rung.parameters for rung in RESULT.rungs)


def _forecasts(missed: float) -> tuple[Any, ...]:
    """Chinchilla's as it was, Kaplan's off by so much."""
    chinchilla, kaplan = RESULT.floor.forecasts
    return chinchilla, replace(kaplan, missed=missed)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("sheet-formula", {"published.sheet": 1.09 * RESULT.published.kaplan}, id="the sum is the law"),
        pytest.param("compute-follows", {"work_over_six_nd": 0.99}, id="less than 6ND"),
        pytest.param("compute-follows", {"work_over_six_nd": 1.26}, id="more than a quarter more"),
        pytest.param("sum-counts-thrice", {"sum_over_measured": 2.49}, id="less than 2.5 times"),
        pytest.param(
            "never-below",
            {"rungs": (replace(FIRST, scores=(FIRST.scores[0], BELOW)), *RESULT.rungs[1:])},
            id="one seed of one model below",
        ),
        pytest.param("power-law", {"alpha.low": 0.0}, id="an interval that holds zero"),
        pytest.param("power-law", {"beta.low": -0.1}, id="an interval around zero"),
        pytest.param("power-law", {"fitted": (2 * RESULT.fitted[0], *RESULT.fitted[1:])}, id="one model far off"),
        pytest.param("floor-is-found", {"floor.found": RESULT.entropy + 0.07}, id="the mean finds another"),
        pytest.param("floor-is-found", {"floor.seeds": (RESULT.entropy, RESULT.entropy - 0.07)}, id="one seed does"),
        pytest.param("both-forecast", {"floor.forecasts": _forecasts(0.031)}, id="too high"),
        pytest.param("both-forecast", {"floor.forecasts": _forecasts(-0.031)}, id="too low"),
        pytest.param("no-floor-sinks", {"floor.sinks_at": 10.1 * LARGEST}, id="beyond ten times the largest"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("scaling-law", claim, RESULT)
    assert before is not None
    assert verdict("scaling-law", claim, changed(RESULT, values)) is not before
