"""What each claim of kv-cache says where one value is put wrong; no model is run."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.demos.kv_cache.claims import shares
from llmquiz.demos.lab.quantities import Ratio
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("kv-cache")
NOISY = Ratio(2.0, (0.5, 2.0, 3.5))


@pytest.mark.breaks("bytes-by-formula", "faster", "grows", "empty-start", "two-caches")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("same-tokens", {"text.equal": RESULT.text.new - 1}, id="one token differs"),
        pytest.param("same-tokens", {"text.gap": 0.01}, id="logits differ"),
        pytest.param("newest-only", {"positions_with_cache": RESULT.positions_with_cache + 1}, id="one position more"),
        pytest.param("all-again", {"positions_without_cache": RESULT.positions_with_cache}, id="as with a cache"),
        pytest.param("bytes-by-formula", {"cache_bytes": RESULT.cache_bytes // 2}, id="keys without values"),
        pytest.param("faster", {"speed.total": Ratio(1.1, (1.1, 1.0, 1.2))}, id="hardly faster"),
        pytest.param("grows", {"speed.last": Ratio(1.0, (1.0, 1.0, 1.0))}, id="the last tokens gain nothing"),
        pytest.param(
            "empty-start", {"text.empty_start_equal": RESULT.text.new, "text.empty_start_gap": 0.0}, id="fine"
        ),
        pytest.param("decoder-keeps", {"decoder_moved": (0.0, 0.1)}, id="a layer of the decoder moves"),
        pytest.param("encoder-recomputes", {"encoder_moved": (1.0, 0.9)}, id="a layer of the encoder keeps some"),
        pytest.param("two-caches", {"two.cross_bytes": RESULT.two.cross_bytes + 2}, id="cross not by its formula"),
        pytest.param("two-caches", {"two.self_bytes": 0, "two.self_bytes_formula": 0}, id="no cache of its own"),
        pytest.param("second-question", {"prefix.positions": RESULT.prefix.context}, id="the context again"),
        pytest.param("overtakes-weights", {"cache_bytes_there": RESULT.cache_bytes_before}, id="too little"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("kv-cache", claim, RESULT)
    assert before is not None
    assert verdict("kv-cache", claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize("claim", ["faster", "grows"])
def test_times_that_disagree_are_not_judged(claim: str) -> None:
    assert verdict("kv-cache", claim, changed(RESULT, {"speed.total": NOISY, "speed.last": NOISY})) is None


@pytest.mark.parametrize("claim", ["same-tokens", "decoder-keeps", "second-question"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert verdict("kv-cache", claim, changed(RESULT, {"dtype": "bfloat16"})) is None


def test_on_a_model_of_ones_own_another_cache_is_shown_and_not_judged() -> None:
    own = changed(RESULT, {"own_model": False})
    assert [verdict("kv-cache", claim, own) for claim in ("bytes-by-formula", "overtakes-weights")] == [True, True]
    other = changed(own, {"cache_bytes": 1, "cache_bytes_before": 0, "cache_bytes_there": 0})
    assert [verdict("kv-cache", claim, other) for claim in ("bytes-by-formula", "overtakes-weights")] == [None, None]


def test_equal_shares_of_all_layers_are_written_once() -> None:
    assert (shares((0.0,) * 30), shares((0.0, 1.0)), shares((1.0,))) == ("1–30: 0%", "0% 100%", "100%")


def test_either_bytes_or_projections_twice_as_many_are_twice_as_complex() -> None:
    twice = changed(RESULT, {"two.cross_positions": 2 * RESULT.two.layers * RESULT.two.source})
    assert verdict("kv-cache", "twice-as-complex", RESULT) is False
    assert verdict("kv-cache", "twice-as-complex", twice) is True
