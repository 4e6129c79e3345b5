"""What each claim of attention-sink says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("attention-sink")
UNMENDED = (RESULT.kept[0], replace(RESULT.kept[1], loss=RESULT.alone), *RESULT.kept[2:])


@pytest.mark.breaks("its-state-is-large")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("window-breaks", {"full_loss": RESULT.alone}, id="nothing is lost"),
        pytest.param("one-token-mends", {"kept": UNMENDED}, id="the first token mends nothing"),
        pytest.param("any-token-mends", {"other_loss": RESULT.full_loss}, id="another mends all"),
        pytest.param("many-heads-look-there", {"sink_heads": RESULT.heads // 4}, id="a quarter of the heads"),
        pytest.param("meaning-makes-it", {"swapped_share": 0.0}, id="gone with the word"),
        pytest.param("its-state-is-large", {"first_norm": RESULT.usual_norm}, id="as long as the others"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("attention-sink", claim, RESULT)
    assert verdict("attention-sink", claim, changed(RESULT, values)) is not before
