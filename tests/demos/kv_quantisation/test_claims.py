"""What each claim of kv-quantisation says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("kv-quantisation")
HARMLESS = tuple(replace(cost, changed=0.0) for cost in RESULT.both)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("keys-by-channel", {"keys_by_token": RESULT.keys_by_channel}, id="the axis of keys is all one"),
        pytest.param("values-by-token", {"values_by_channel": RESULT.values_by_token}, id="so is that of values"),
        pytest.param("four-bits-free", {"both": HARMLESS}, id="no prediction changes in 4 bits"),
        pytest.param("two-bits-enough", {"both": HARMLESS}, id="nor in 2"),
        pytest.param("keys-have-large-channels", {"key_ratio": RESULT.value_ratio}, id="keys are like values"),
        pytest.param("keys-have-large-channels", {"evened": RESULT.keys_by_token[-1]}, id="evening out mends nothing"),
        pytest.param("an-eighth-at-two-bits", {"group": 1024, "width": 1024}, id="groups of a thousand"),
    ],
)
@pytest.mark.breaks("an-eighth-at-two-bits")
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("kv-quantisation", claim, RESULT)
    assert verdict("kv-quantisation", claim, changed(RESULT, values)) is not before


def test_bytes_are_numbers_and_scales() -> None:
    small = changed(RESULT, {"layers": 2, "kv_heads": 3, "width": 64, "group": 32})
    assert small.bytes_a_token(16) == 2 * 2 * 3 * 64 * 2
    # a value has two groups of 4 bytes; a key's channel has one for 32 tokens
    assert small.bytes_a_token(4) == 2 * 2 * 3 * 64 / 2 + 2 * 3 * (2 * 4 + 64 * 4 / 32)
    assert small.bits_a_number == 3
