"""What each claim of prompted-reasoning says where one value is put wrong; no model is run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demos.breaking import changed, finding, verdict
from tests.demos.recorded import recorded

RESULT = recorded("prompted-reasoning")


@pytest.mark.breaks(
    "needs-100b", "one-step-suffices", "more-tokens-suffice", "any-steps-suffice", "order-is-free", "costs-tokens"
)
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("needs-100b", {"chain": RESULT.direct}, id="no gain"),
        pytest.param("one-step-suffices", {"equation": RESULT.chain}, id="one equation is as good"),
        pytest.param("more-tokens-suffice", {"dots": RESULT.chain}, id="dots are as good"),
        pytest.param("any-steps-suffice", {"other": RESULT.chain}, id="other steps are as good"),
        pytest.param("order-is-free", {"after": RESULT.chain}, id="steps help afterwards"),
        pytest.param("answer-reads-the-chain", {"carried": RESULT.tests // 2}, id="half of the answers follow"),
        pytest.param("costs-tokens", {"chain_tokens": RESULT.direct_tokens}, id="as short as without"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("prompted-reasoning", claim, RESULT)
    assert verdict("prompted-reasoning", claim, changed(RESULT, values)) is not before


def test_nothing_is_compared_with_a_chain_that_gains_nothing() -> None:
    for claim in ("one-step-suffices", "more-tokens-suffice", "any-steps-suffice", "order-is-free"):
        assert finding(claim, RESULT, chain=RESULT.direct) is None


def test_the_sign_test_by_hand() -> None:
    assert changed(RESULT, {"won": 3, "lost": 1}).chance == pytest.approx((4 + 1) / 16)
    assert changed(RESULT, {"won": 0, "lost": 0}).chance == 1.0
