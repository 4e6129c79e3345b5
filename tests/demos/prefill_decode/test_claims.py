"""What each claim of prefill-decode says where one value is put wrong; no model is run."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("prefill-decode")
SAME = Ratio(1.0, (1.0, 1.0, 1.0))


@pytest.mark.breaks(
    "writing-costs-more", "batching-mends-it", "prompt-delays-the-first-token", "prompt-slows-every-token"
)
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("writing-costs-more", {"slower": SAME}, id="as fast as reading"),
        pytest.param("it-is-the-arithmetic", {"decode_flops": 20 * RESULT.prefill_flops}, id="twenty times the work"),
        pytest.param("batching-mends-it", {"batched": SAME}, id="a batch saves nothing"),
        pytest.param("prompt-delays-the-first-token", {"longer_prompt": SAME}, id="any prompt at once"),
        pytest.param("prompt-slows-every-token", {"longer_cache": Ratio(16.0, (16.0, 16.0))}, id="in proportion"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("prefill-decode", claim, RESULT)
    assert before is not None
    assert verdict("prefill-decode", claim, changed(RESULT, values)) is (not before)


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ("writing-costs-more", "slower"),
        ("batching-mends-it", "batched"),
        ("prompt-delays-the-first-token", "longer_prompt"),
        ("prompt-slows-every-token", "longer_cache"),
    ],
)
def test_times_that_disagree_are_not_judged(claim: str, field: str) -> None:
    assert verdict("prefill-decode", claim, changed(RESULT, {field: Ratio(8.0, (0.5, 20.0, 1.0, 30.0))})) is None
