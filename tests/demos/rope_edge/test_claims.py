"""What each claim of rope-edge says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.rope_edge.claims import falls_below
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("rope-edge")
EVERYWHERE = (RESULT.near,) * len(RESULT.distances)


def ropes(name: str, **values: Any) -> dict[str, Any]:
    """The measured angles, those of `name` with other values."""
    return {"ropes": tuple(replace(rope, **values) if rope.name == name else rope for rope in RESULT.ropes)}


PLAIN = RESULT.rope("plain")
AS_NTK = {"shares": RESULT.rope("NTK").shares, "loss": RESULT.rope("NTK").loss}


@pytest.mark.breaks("relative-so-it-extrapolates", "usable-to-the-end", "shift-changes-nothing")
@pytest.mark.breaks("slower-angles-reach-further", "interpolation-needs-no-training", "loss-would-show-it")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("relative-so-it-extrapolates", ropes("plain", shares=EVERYWHERE), id="copied everywhere"),
        pytest.param("usable-to-the-end", ropes("plain", shares=EVERYWHERE), id="copied to the end"),
        pytest.param("shift-changes-nothing", {"shifted_share": 0.0}, id="not copied after the shift"),
        pytest.param("shift-changes-nothing", {"shifted_loss": PLAIN.loss + 0.1}, id="worse after the shift"),
        pytest.param("slower-angles-reach-further", ropes("NTK", shares=PLAIN.shares), id="NTK as plain"),
        pytest.param("slower-angles-reach-further", ropes("YaRN", shares=PLAIN.shares), id="YaRN as plain"),
        pytest.param("slower-angles-reach-further", ropes("plain", shares=EVERYWHERE), id="plain as far"),
        pytest.param("slower-angles-reach-further", ropes("YaRN", loss=PLAIN.loss + 1), id="YaRN costs a nat"),
        pytest.param("interpolation-needs-no-training", ropes("PI", **AS_NTK), id="PI as NTK"),
        pytest.param("loss-would-show-it", {"far": ((9216, PLAIN.loss + 1), RESULT.far[1])}, id="a nat at once"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("rope-edge", claim, RESULT)
    assert verdict("rope-edge", claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize("values", [ropes("PI", shares=EVERYWHERE), ropes("PI", loss=PLAIN.loss)])
def test_interpolation_must_both_copy_and_cost_nothing(values: dict[str, Any]) -> None:
    assert verdict("rope-edge", "interpolation-needs-no-training", changed(RESULT, values)) is False


def test_where_the_shares_fall_below_for_the_last_time() -> None:
    assert falls_below(0.25, (0, 100, 200), (1.0, 0.5, 0.0)) == 150
    assert falls_below(0.25, (0, 100, 200, 300), (1.0, 0.0, 0.5, 0.0)) == 250
    assert falls_below(0.25, (0, 100), (1.0, 0.5)) == 100
    assert falls_below(0.25, (24, 100), (0.0, 0.0)) == 24


def test_the_ranges_of_distances() -> None:
    result = changed(RESULT, {"trained": 100, "distances": (24, 75, 91, 100, 150, 200, 201)})
    shares = (0.5, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
    result = changed(result, {"ropes": (replace(PLAIN, shares=shares), *RESULT.ropes[1:])})
    assert (result.near, result.late, result.beyond("plain")) == pytest.approx((0.5, 0.3, 0.7))
