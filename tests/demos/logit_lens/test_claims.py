"""What each claim of logit-lens says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("logit-lens")


def readings(layer: int, **values: Any) -> dict[str, Any]:
    """The readings with other values in one layer."""
    return {"readings": tuple(replace(r, **values) if r.layer == layer else r for r in RESULT.readings)}


def translated(**values: Any) -> dict[str, Any]:
    """The maps with other values in the middle layer."""
    middle = RESULT.middle.layer
    return {"translated": tuple(replace(t, **values) if t.layer == middle else t for t in RESULT.translated)}


BEHIND = {"readings": tuple(replace(r, ahead=0.5) for r in RESULT.readings)}


@pytest.mark.breaks("answer-comes-late", "guess-in-the-middle", "exit-is-free", "silent-layers-idle")
@pytest.mark.breaks("nothing-is-there", "ahead-before-on-top")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("answer-comes-late", {"settled": (15,) * 9}, id="on top from the middle on"),
        pytest.param("guess-in-the-middle", readings(RESULT.middle.layer, rank=3.0), id="third in the middle"),
        pytest.param("exit-is-free", readings(RESULT.exit.layer, loss=RESULT.last.loss), id="nothing left to do"),
        pytest.param("silent-layers-idle", {"third_cost": 0.0}, id="not missed"),
        pytest.param("nothing-is-there", translated(gain=0.0), id="no more than the embedding"),
        pytest.param("nothing-is-there", translated(error=1.0), id="within the error"),
        pytest.param("ahead-before-on-top", readings(RESULT.apart.layer, rank=2.0), id="near the top at once"),
        pytest.param("ahead-before-on-top", BEHIND, id="never told apart"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("logit-lens", claim, RESULT)
    assert verdict("logit-lens", claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize("claim", ["answer-comes-late", "guess-in-the-middle", "ahead-before-on-top"])
def test_a_model_that_knows_nothing_is_not_judged(claim: str) -> None:
    assert verdict("logit-lens", claim, changed(RESULT, {"known": 0, "settled": ()})) is None


def test_a_capital_that_falls_behind_again_is_not_yet_told_apart() -> None:
    dip = changed(RESULT, readings(RESULT.apart.layer + 1, ahead=0.5))
    assert dip.apart.layer == RESULT.apart.layer + 2
