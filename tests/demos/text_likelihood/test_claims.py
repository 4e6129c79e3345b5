"""What each claim of text-likelihood says where a value is put wrong; no model is run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("text-likelihood")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("text-likelihood", claim, changed(RESULT, values))


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("one-pass", {"step_gap": 0.001}, id="the steps say something else"),
        pytest.param("sums-to-one", {"causal_sum": 1.0001}, id="no distribution"),
        pytest.param("pseudo", {"pseudo_sum": 4.9}, id="nearly a distribution"),
        pytest.param("no-generation", {"order_sums": (0.9, 1.0)}, id="an order that does not add up"),
        pytest.param("no-generation", {"order_true": 0.4}, id="mostly wrong"),
        pytest.param("order-matters", {"order_gap": 0.05}, id="every order alike"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    assert _holds(claim, **values) is not _holds(claim)
    assert None not in (_holds(claim, **values), _holds(claim))


@pytest.mark.parametrize("claim", ["one-pass", "sums-to-one", "no-generation"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert _holds(claim, dtype="bfloat16") is None
    assert _holds(claim, dtype="float64") is _holds(claim)
