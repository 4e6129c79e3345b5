"""What each claim of sampling says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("sampling")
FIRST = RESULT.methods[0]


def _first(**values: Any) -> dict[str, Any]:
    """The first method with other values."""
    return {"methods": (replace(FIRST, **values), *RESULT.methods[1:])}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("generate-agrees", _first(same_as_generate=RESULT.generated - 1), id="one token differs"),
        pytest.param("shares-agree", _first(distance=1.01 * (FIRST.kept / RESULT.draws) ** 0.5), id="too far off"),
        pytest.param("temperature-spreads", {"entropies": RESULT.entropies[::-1]}, id="entropy falls"),
        pytest.param("temperature-spreads", {"entropies": RESULT.entropies[:1] * 8}, id="entropy stays"),
        pytest.param("temperature-spreads", {"order_kept": False}, id="another order"),
        pytest.param("p-adapts", {"flat.top_k": RESULT.flat.top_k + 1}, id="k adapts too"),
        pytest.param("p-adapts", {"peaked.top_p": RESULT.flat.top_p}, id="p does not"),
        pytest.param(
            "smallest-set", {"mass_without_its_last": 0.91, "mass_of_top_p": 0.95}, id="one token more than needed"
        ),
        pytest.param("smallest-set", {"mass_without_its_last": 0.85, "mass_of_top_p": 0.89}, id="one token too few"),
        pytest.param("order-of-cuts", {"top_k_sets": 2}, id="k hangs on the temperature"),
        pytest.param("order-of-cuts", {"top_p_sets": 1}, id="p does not hang on it"),
        pytest.param("min-p-cuts-tail", {"hot.min_p": RESULT.hot.top_p}, id="as long a tail"),
        pytest.param("beam-is-likelier", {"beam_logs": RESULT.greedy_logs}, id="beams no better"),
        pytest.param("likely-is-not-typical", {"sampled_logs": RESULT.greedy_logs[:1]}, id="a sample as probable"),
        pytest.param("greedy-repeats", {"greedy_distinct": 0.9 * RESULT.sampled_distinct}, id="hardly more repetition"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("sampling", claim, RESULT)
    assert before is not None
    assert verdict("sampling", claim, changed(RESULT, values)) is not before


def test_in_a_short_format_generate_is_compared_and_not_judged() -> None:
    assert verdict("sampling", "generate-agrees", changed(RESULT, {"dtype": "bfloat16"})) is None


def test_a_mass_that_rounding_leaves_below_p_still_reaches_it() -> None:
    assert verdict("sampling", "smallest-set", changed(RESULT, {"mass_of_top_p": 0.9 - 1e-7})) is True
