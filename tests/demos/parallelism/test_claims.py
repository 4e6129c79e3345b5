"""What each claim of parallelism says where one value is put wrong; no process is started."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.parallelism.claims import CLAIMS, ROUNDING, Gaps
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("parallelism")
PIPELINE, STRETCHES = RESULT.pipelines[2], RESULT.sequences[0]
STATES = 8 * 64 * 128 * 4
"""Bytes: B · T · d · b."""


def _pipeline(**values: Any) -> dict[str, Any]:
    """The third pipeline with other values."""
    return {"pipelines": (*RESULT.pipelines[:2], replace(PIPELINE, **values), *RESULT.pipelines[3:])}


def _stretches(**values: Any) -> dict[str, Any]:
    """The text in stretches with other values."""
    return {"sequences": (replace(STRETCHES, **values), *RESULT.sequences[1:])}


def _striped(**values: Any) -> dict[str, Any]:
    stretches, striped, unmasked = RESULT.sequences
    return {"sequences": (stretches, replace(striped, **values), unmasked)}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("tensor-equal", {"tensor.equal.logits": 2 * ROUNDING}, id="logits differ"),
        pytest.param("tensor-equal", {"tensor.equal.gradients": 2 * ROUNDING}, id="gradients differ"),
        pytest.param("tensor-bytes", {"tensor.layer_forward_bytes": 2 * STATES * 3 // 4}, id="one all-reduce"),
        pytest.param("tensor-bytes", {"tensor.layer_backward_bytes": 0}, id="none backwards"),
        pytest.param("pipeline-equal", _pipeline(equal=Gaps(2 * ROUNDING, 0.0)), id="one of four differs"),
        pytest.param("pipeline-little", {"tensor.total_bytes": RESULT.pipelines[0].total_bytes}, id="as much"),
        pytest.param("pipeline-little", {"tensor.total_bytes": 4 * PIPELINE.total_bytes - 1}, id="over a quarter"),
        pytest.param("pipeline-little", _pipeline(total_bytes=PIPELINE.total_bytes + 4), id="a number more"),
        pytest.param("bubble", _pipeline(units=PIPELINE.units + 1), id="a unit more"),
        pytest.param("bubble", _pipeline(units=PIPELINE.busy), id="never idle"),
        pytest.param("ring-equal", _striped(equal=Gaps(0.0, 2 * ROUNDING)), id="striped differs"),
        pytest.param("ring-bytes", _stretches(layer_forward_bytes=2 * STATES), id="once round and home"),
        pytest.param("ring-bytes", _striped(layer_backward_bytes=3 * 2 * STATES // 4), id="no gradients"),
        pytest.param("splits-cache", _stretches(held_bytes=(RESULT.cache_bytes,) * 4), id="kept by everybody"),
        pytest.param("splits-cache", _stretches(held_bytes=(0, 0, 0, RESULT.cache_bytes)), id="kept by one"),
        pytest.param("mask-helps", _stretches(span=520), id="as even as without a mask"),
        pytest.param("striped-balances", _striped(span=573), id="a tenth and more above equal shares"),
        pytest.param("striped-balances", _striped(pairs=(520, 520, 520, 519)), id="a pair was left out"),
        pytest.param("striped-balances", _stretches(span=520), id="nothing to make up for"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("parallelism", claim, RESULT)
    assert before is not None
    assert verdict("parallelism", claim, changed(RESULT, values)) is (not before)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("tensor-equal", {"tensor.equal": Gaps(ROUNDING, ROUNDING)}),
        ("pipeline-little", {"tensor.total_bytes": 4 * PIPELINE.total_bytes}),
        ("striped-balances", _striped(span=572)),  # 520 pairs each: 1.1 times as long
    ],
)
def test_a_bound_belongs_to_what_it_allows(claim: str, values: dict[str, Any]) -> None:
    assert verdict("parallelism", claim, changed(RESULT, values)) is True


@pytest.mark.parametrize("claim", ["tensor-equal", "pipeline-equal", "ring-equal"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert verdict("parallelism", claim, changed(RESULT, {"dtype": "bfloat16"})) is None


@pytest.mark.breaks("no-faster")
@pytest.mark.parametrize(
    ("rounds", "holds"), [((1.2, 1.3, 1.1), True), ((0.5, 0.6, 0.5), False), ((0.5, 1.5, 1.5), None)]
)
def test_cost_is_judged_by_the_rounds(rounds: tuple[float, ...], holds: bool | None) -> None:
    steady = tuple(replace(cost, work=Ratio(2.0, (2.0, 2.0, 2.0))) for cost in RESULT.costs)
    tensor = replace(steady[0], work=Ratio(sorted(rounds)[1], rounds))
    assert verdict("parallelism", "no-faster", changed(RESULT, {"costs": (tensor, *steady[1:])})) is holds


def test_on_gpus_the_cost_is_shown_and_not_judged() -> None:
    finding = CLAIMS["no-faster"](replace(RESULT, device="cuda"))
    assert (finding.holds, finding.why) == (None, "own-devices")
