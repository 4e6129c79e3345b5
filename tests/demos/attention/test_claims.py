"""What each claim of attention says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.attention.draw import heads_of
from llmquiz.demos.attention.result import Result
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT: Result = recorded("attention")
N = len(RESULT.tokens[0])


def _with_kind(kind: str, **values: Any) -> dict[str, Any]:
    """The kinds of attention with other values in one of them."""
    kinds = tuple(replace(attention, **values) if attention.kind == kind else attention for attention in RESULT.kinds)
    return {"kinds": kinds}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        # as many pairs as the mask allows, but one of them points forward
        pytest.param("decoder-mask", _with_kind("decoder", future=1e-30), id="a weight on a later position"),
        pytest.param("decoder-mask", _with_kind("decoder", pairs=N * (N + 1) // 2 - 1), id="a pair too few"),
        pytest.param("encoder-mask", {"pairs_encoder": N * N - 1}, id="a pair too few in the encoder"),
        pytest.param("encoder-decoder-mask", _with_kind("target", future=1e-30), id="a weight on a later target"),
        pytest.param("encoder-decoder-mask", _with_kind("cross", pairs=24), id="a pair too few across"),
        pytest.param("same-block", {"one_block.parameters_decoder": 1}, id="other sizes"),
        pytest.param("same-block", {"one_block.opened": 0.0011}, id="not the encoder with the mask lifted"),
        pytest.param("same-block", {"one_block.masked": 0.01}, id="the mask changes nothing"),
        pytest.param("rows-sum", _with_kind("cross", sum_error=2e-5), id="rows that do not add up"),
        pytest.param("entropy-bound", _with_kind("source", over_most=2e-5), id="more entropy than there can be"),
        pytest.param("untrained-even", {"least_even": 0.98}, id="one sharp head"),
        pytest.param("positions-tell", {"order.one_layer.with_positions": 0.01}, id="one model that is blind"),
        pytest.param("bag-of-words", {"order.encoder.without": 0.0011}, id="the encoder knows the order"),
        pytest.param("source-bag", {"order.source.without": 0.0011}, id="the source's order matters"),
        pytest.param("one-layer-blind", {"order.one_layer.without": 0.0011}, id="one layer knows the order"),
        pytest.param("mask-tells-order", {"order.decoder.without": 0.01}, id="four layers are blind"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    assert verdict("attention", claim, RESULT) is True
    assert verdict("attention", claim, changed(RESULT, values)) is False


@pytest.mark.parametrize(
    ("given", "claim", "values"),
    [
        ("decoder", "decoder-mask", _with_kind("decoder", pairs=1)),
        ("encoder", "encoder-mask", {"pairs_encoder": 1}),
        ("encoder-decoder", "encoder-decoder-mask", _with_kind("source", pairs=1)),
    ],
)
def test_a_checkpoint_may_mask_more_than_its_family(given: str, claim: str, values: dict[str, Any]) -> None:
    assert verdict("attention", claim, changed(RESULT, values)) is False
    assert verdict("attention", claim, changed(RESULT, {**values, "given": given})) is None


@pytest.mark.parametrize(
    "claim", ["positions-tell", "bag-of-words", "source-bag", "one-layer-blind", "mask-tells-order"]
)
def test_words_that_cannot_change_places_decide_nothing_about_order(claim: str) -> None:
    assert verdict("attention", claim, changed(RESULT, {"order.orders": 0})) is None


@pytest.mark.parametrize("claim", ["decoder-mask", "same-block", "rows-sum", "positions-tell", "bag-of-words"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert verdict("attention", claim, changed(RESULT, {"dtype": "bfloat16"})) is None


def test_many_heads_are_summed_up() -> None:
    attention = replace(RESULT.kinds[0], evenness=((0.5, 0.999, 1.0), (0.1,) * 6 + (0.97,)))
    assert [heads_of(attention, layer) for layer in range(3)] == ["50 99 100", "10–97", ""]
