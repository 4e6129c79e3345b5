"""What each claim of cross-attention says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.cross_attention.result import Cost, Result, Spent
from llmquiz.demos.lab.quantities import Ratio
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

DEMO = "cross-attention"
RESULT: Result = recorded(DEMO)
SLOW, NOISY = Ratio(1.0, (1.0, 1.0, 1.0)), Ratio(1.5, (0.5, 1.5, 2.5))


def spent(largest_over_cross: Ratio) -> Spent:
    return replace(RESULT.decoding, largest_over_cross=largest_over_cross)


def cross(**values: int) -> Cost:
    """The encoder–decoder with another cross-attention."""
    parts = tuple(replace(part, **values) if part.name == "cross" else part for part in RESULT.encoder_decoder.parts)
    return replace(RESULT.encoder_decoder, parts=parts)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("two-sets", {"ownership.shared": RESULT.ownership.embedding + 1}, id="more than the embedding"),
        pytest.param("two-sets", {"ownership.encoder": 2 * RESULT.ownership.embedding}, id="hardly an encoder"),
        pytest.param("third-network", {"ownership.outside": 1}, id="a parameter in neither stack"),
        pytest.param("wasted-parameters", {"moved": RESULT.moved_of - 1}, id="a matrix without a gradient"),
        pytest.param("a-sixth-more", {"same_depth": RESULT.same_work}, id="a deeper decoder"),
        pytest.param("costs-more", {"same_parameters": RESULT.same_depth}, id="a decoder half its size"),
        pytest.param("half-the-work", {"work_ratio": 2.01}, id="not exactly half"),
        pytest.param("half-the-work", {"same_parameters": RESULT.same_work}, id="other parameters"),
        pytest.param("twice-the-parameters", {"same_work": RESULT.same_depth}, id="less work"),
        pytest.param("faster", {"seconds": (replace(RESULT.seconds[0], same_parameters=SLOW),)}, id="as slow"),
        pytest.param("bottleneck", {"encoder_decoder": cross(parameters=10**9)}, id="the most parameters"),
        pytest.param("bottleneck", {"encoder_decoder": cross(matrix_flops=10**12)}, id="the most work"),
        pytest.param("bottleneck", {"decoding": spent(Ratio(0.9, (0.9, 0.9, 0.9)))}, id="the most time"),
        pytest.param("grows-with-size", {"family": RESULT.family[::-1]}, id="from large to small"),
        pytest.param(
            "grows-with-size",
            {"family": (*RESULT.family[:-1], replace(RESULT.family[-1], largest="cross"))},
            id="the largest part of the largest model",
        ),
        pytest.param(
            "projected-once", {"caches.cross_positions": 2 * RESULT.caches.cross_positions}, id="projected twice"
        ),
        pytest.param("projected-once", {"caches.gap": 0.01}, id="other logits"),
        pytest.param("cache-size", {"cache_bytes": RESULT.cache_bytes + 1}, id="not by its formula"),
        pytest.param("double-cache", {"same_depth_cache": RESULT.cache_bytes // 2}, id="twice a decoder's"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict(DEMO, claim, RESULT)
    assert before is not None
    assert verdict(DEMO, claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("faster", {"seconds": (replace(RESULT.seconds[0], same_parameters=NOISY),)}),
        ("bottleneck", {"decoding": spent(NOISY)}),
    ],
)
def test_times_that_disagree_are_not_judged(claim: str, values: dict[str, Any]) -> None:
    assert verdict(DEMO, claim, changed(RESULT, values)) is None


def test_what_was_counted_is_judged_whatever_the_times_say() -> None:
    noisy = changed(RESULT, {"decoding": spent(NOISY), "encoder_decoder": cross(parameters=10**9)})
    assert verdict(DEMO, "bottleneck", noisy) is True


def test_the_slowest_pair_of_lengths_decides() -> None:
    seconds = (*RESULT.seconds, replace(RESULT.seconds[0], same_parameters=SLOW))
    assert verdict(DEMO, "faster", changed(RESULT, {"seconds": seconds})) is False


def test_an_equality_is_judged_in_exact_numbers_only() -> None:
    assert verdict(DEMO, "projected-once", changed(RESULT, {"dtype": "bfloat16"})) is None


def test_either_decoder_may_have_half_the_cache() -> None:
    assert verdict(DEMO, "double-cache", RESULT) is False
    half = RESULT.cache_bytes // 2
    for field in ("same_depth_cache", "same_parameters_cache"):
        assert verdict(DEMO, "double-cache", changed(RESULT, {field: half})) is True
