"""What each claim of causal-mask says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.causal_mask.result import SHORT, SIZE, Influence
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("causal-mask")


def _maps(name: str, i: int, j: int, move: float) -> dict[str, Any]:
    """In the map of that name output i moved so far when token j was changed."""
    change = [list(row) for row in RESULT.map_of(name).change]
    change[i][j] = move
    moved = Influence(name, tuple(tuple(row) for row in change))
    return {"maps": tuple(moved if influence.name == name else influence for influence in RESULT.maps)}


def _swap(place: int, **values: Any) -> dict[str, Any]:
    """One of the longer texts with other values."""
    return {"swaps": tuple(replace(swap, **values) if i == place else swap for i, swap in enumerate(RESULT.swaps))}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("earlier-unmoved", _swap(0, before=1, furthest=1e-12), id="one output, by a hair"),
        pytest.param("earlier-unmoved", _swap(3, before=1, furthest=1e-12), id="on the target side"),
        pytest.param("up-to-itself", _maps("decoder", 3, 4, 1e-9), id="a later token moves an output"),
        pytest.param("up-to-itself", _maps("decoder", 4, 3, 0.0), id="an earlier token moves nothing"),
        pytest.param("only-earlier", {"weights.itself": (0.0,) * 16}, id="no weight on itself"),
        pytest.param("encoder-moves", _maps("encoder", 0, SHORT - 1, 0.0), id="one output stays"),
        pytest.param("encoder-moves", _maps("encoder-side", 0, SHORT - 1, 0.0), id="one stays on the source side"),
        pytest.param("encoder-moves", _swap(4, before=0), id="the longer text stays"),
        pytest.param("decoder-side", _maps("decoder-side", 0, 1, 1.0), id="the target sees ahead"),
        pytest.param("decoder-side", _maps("across", 0, SHORT - 1, 0.0), id="the source is hidden"),
        pytest.param("no-peeking", _maps("decoder", 0, 1, 1e-9), id="a peek through the mask"),
        pytest.param("no-peeking", _maps("without-mask", 0, 1, 0.0), id="no peek without it"),
        pytest.param("zero-weight", {"weights.future": 1e-30}, id="a little weight on the future"),
        pytest.param("zero-weight", {"weights.sum_error": 1e-4}, id="a row that does not add up"),
        pytest.param("sheet-code", {"sheet_code.nan_entries": 0, "sheet_code.nan_logits": 0}, id="no NaN"),
        pytest.param("right-code", {"right_code.nan_entries": 1}, id="a NaN in the mask"),
        pytest.param("right-code", {"right_code.nan_logits": 1}, id="a NaN in the logits"),
        pytest.param("right-code", {"right_code.gap": 2e-3}, id="other logits"),
        pytest.param("blind-row", {"blind_rows": 0}, id="no row is lost"),
        pytest.param("blind-row", {"blind_rows": SIZE}, id="every row is lost"),
        pytest.param("too-late", {"late.moved_after": 0}, id="no output moves"),
        pytest.param("too-late", {"late.moved_before": 1}, id="one moves under the mask before"),
        pytest.param("prefixes-equal", {"one_pass.prefixes": 2e-3}, id="prefixes differ"),
        pytest.param("prefixes-equal", {"one_pass.steps": 2e-3}, id="cached steps differ"),
        pytest.param("same-inputs", {"one_pass.same": RESULT.one_pass.written}, id="it wrote the text"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("causal-mask", claim, RESULT)
    assert before is not None
    assert verdict("causal-mask", claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize(
    "claim",
    ["earlier-unmoved", "up-to-itself", "encoder-moves", "decoder-side", "no-peeking", "zero-weight", "right-code"],
)
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert verdict("causal-mask", claim, changed(RESULT, {"dtype": "bfloat16"})) is None


@pytest.mark.parametrize(("furthest", "holds"), [(0.0, True), (1e-6, None), (2e-3, False)])
def test_a_checkpoint_that_moves_by_rounding_is_not_judged(furthest: float, holds: bool | None) -> None:
    """Tiny models of our own are held to exactly 0."""
    swaps = _swap(0, before=3, furthest=furthest)
    assert verdict("causal-mask", "earlier-unmoved", changed(RESULT, {"own_model": False, **swaps})) is holds
    assert verdict("causal-mask", "earlier-unmoved", changed(RESULT, swaps)) is (furthest == 0)


def test_a_checkpoint_that_knows_the_text_by_heart_is_not_judged() -> None:
    assert verdict("causal-mask", "same-inputs", changed(RESULT, {"own_model": False})) is False
    by_heart = {"own_model": False, "one_pass.same": RESULT.one_pass.written}
    assert verdict("causal-mask", "same-inputs", changed(RESULT, by_heart)) is None
