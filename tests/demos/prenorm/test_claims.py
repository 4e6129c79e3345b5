"""What each claim of prenorm says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("prenorm")
RATE = max(RESULT.rates)
"""Of the quick run: pre-norm trains at it, in decoder and encoder–decoder, and post-norm does not."""


def _largest(**rates: float) -> dict[str, Any]:
    """The largest rate that trains, by the name of a variant, `both_pre` for `both-pre`."""
    named = {name.replace("_", "-"): rate for name, rate in rates.items()}
    variants = (replace(v, largest_rate=named.get(v.name, v.largest_rate)) for v in RESULT.variants)
    return {"variants": tuple(variants)}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("shrinks-before", {"pre_exponent": -0.3}, id="hardly shrinks"),
        pytest.param("shrinks-before", {"pre_exponent": -0.65}, id="shrinks too fast"),
        pytest.param("stays-behind", {"post_exponent": -0.15}, id="shrinks too"),
        pytest.param("larger-rate", _largest(post=RATE / 3), id="less than four times as large"),
        pytest.param("larger-rate", _largest(pre=0.0), id="neither trains"),
        pytest.param("structure-is-enough", _largest(post=RATE), id="post-norm trains as well"),
        pytest.param("both-is-unstable", _largest(both_pre=0.0), id="the encoder-decoder does not train"),
        pytest.param("rms-without-mean", {"norm_gap": 1e-5}, id="another norm"),
        pytest.param("rms-without-mean", {"rms_norm_parameters": RESULT.layer_norm_parameters}, id="as many"),
        pytest.param("rms-trains-alike", _largest(rms=RATE / 4), id="a smaller rate"),
        pytest.param("rms-trains-alike", _largest(rms=0.0, pre=0.0), id="both norms fail"),
        pytest.param("gate-costs-nothing", {"gated_weights": round(1.02 * RESULT.plain_weights)}, id="2 % more"),
        pytest.param("recipe-trains", _largest(swiglu=0.0), id="the recipe does not train"),
        pytest.param("recipe-trains", _largest(post=RATE / 3), id="post-norm trains nearly as far"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("prenorm", claim, RESULT)
    assert before is not None
    assert verdict("prenorm", claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize(
    "claim",
    [
        "shrinks-before",
        "stays-behind",
        "larger-rate",
        "structure-is-enough",
        "both-is-unstable",
        "rms-trains-alike",
        "recipe-trains",
    ],
)
def test_what_is_trained_in_a_short_format_is_shown_and_not_judged(claim: str) -> None:
    assert verdict("prenorm", claim, changed(RESULT, {"dtype": "bfloat16"})) is None


@pytest.mark.parametrize("claim", ["larger-rate", "recipe-trains"])
def test_four_times_as_large_is_not_judged_where_no_rate_of_a_quarter_was_tried(claim: str) -> None:
    assert verdict("prenorm", claim, changed(RESULT, {"rates": (RATE,)})) is None
    assert verdict("prenorm", claim, changed(RESULT, {"rates": (RATE, 4 * RATE)})) is None
    assert verdict("prenorm", claim, changed(RESULT, {"rates": (RATE / 4, RATE)})) is True
