"""What each claim of weight-quantisation says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.weight_quantisation.claims import ROW, Rounded
from tests.demos.breaking import changed, finding, verdict
from tests.demos.recorded import recorded

RESULT = recorded("weight-quantisation")


def with_(bits: int, group: int, *, in_order: bool = False, **values: Any) -> dict[str, tuple[Rounded, ...]]:
    """The ways of rounding, with other values in one of them."""
    target = RESULT.at(bits, group, in_order=in_order)
    return {"rounded": tuple(replace(r, **values) if r == target else r for r in RESULT.rounded)}


@pytest.mark.breaks("four-bits-lossless", "groups-before-bits")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("eight-bits-free", with_(8, ROW, perplexity=RESULT.full * 1.1), id="eight bits cost a tenth"),
        pytest.param("four-bits-lossless", with_(4, 64, perplexity=RESULT.full), id="four bits cost nothing"),
        pytest.param(
            "small-groups-help", with_(4, 32, perplexity=RESULT.at(4, ROW).perplexity), id="groups do nothing"
        ),
        pytest.param("three-bits-break", with_(3, ROW, perplexity=RESULT.full * 3), id="threefold only"),
        pytest.param("groups-before-bits", with_(3, 32, perplexity=RESULT.full), id="three bits cost nothing"),
        pytest.param("own-grid-free", with_(4, 32, in_order=True, perplexity=RESULT.full * 1.2), id="the grid costs"),
        pytest.param("own-grid-free", with_(4, 32, perplexity=RESULT.full), id="every group is free"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("weight-quantisation", claim, RESULT)
    assert verdict("weight-quantisation", claim, changed(RESULT, values)) is not before


@pytest.mark.breaks("own-grid-free")
def test_a_checkpoint_off_the_grid_is_not_judged() -> None:
    assert finding("own-grid-free", RESULT, **with_(4, 32, in_order=True, error=0.08)) is None
