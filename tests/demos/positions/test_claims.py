"""What each claim of positions says where one value is put wrong; no model is run."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.demos.positions.claims import Result
from tests.demos.breaking import changed, verdict
from tests.demos.positions.changing import losses_of, with_curve
from tests.demos.recorded import recorded

DEMO = "positions"
RESULT: Result = recorded(DEMO)
BEST = RESULT.floors[0]
ROPE, ALIBI, YARN = (losses_of(RESULT, name) for name in ("rope", "alibi", "YaRN"))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"drift": 1e-9}, id="scores that drift"),
        pytest.param({"drift_own_angles": 1e-3}, id="more than float32 loses"),
        pytest.param({"drift_own_angles": 1e-13}, id="float32 as exact as float64: not float32"),
        pytest.param({"drift_sinusoidal": 0.01}, id="no control"),
    ],
)
def test_a_wrong_drift_turns_the_claim(values: dict[str, Any]) -> None:
    assert verdict(DEMO, "offset-only", RESULT) is True
    assert verdict(DEMO, "offset-only", changed(RESULT, values)) is False


@pytest.mark.parametrize(
    ("claim", "name", "losses"),
    [
        pytest.param("all-learn", "none", (BEST + 0.21, 3.0, 3.0, 3.0), id="one way has not learnt"),
        pytest.param("extrapolates", "rope", (*ROPE[:-1], ROPE[0] + 0.1), id="rope as good at eight times"),
        pytest.param("added-break", "learned", ALIBI, id="a table that holds"),
        pytest.param("added-break", "sinusoidal", ALIBI, id="sinusoids that hold"),
        pytest.param("alibi-holds", "alibi", (*ALIBI[:-1], ALIBI[0] + 0.03), id="alibi rises"),
        pytest.param("alibi-gains-nothing", "alibi", (ALIBI[0],) * 4, id="alibi stays where it was"),
        pytest.param("stretching-helps", "YaRN", ROPE, id="YaRN stretches nothing"),
        pytest.param("stretching-helps", "NTK 4", ROPE, id="NTK 4 stretches nothing"),
        pytest.param("interpolation-alone", "PI", YARN, id="PI spoils nothing"),
    ],
)
def test_a_wrong_curve_turns_the_claim(claim: str, name: str, losses: tuple[float, ...]) -> None:
    before = verdict(DEMO, claim, RESULT)
    assert before is not None
    assert verdict(DEMO, claim, with_curve(RESULT, name, losses)) is not before
