"""What each claim of search says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.search.claims import Result
from llmquiz.demos.search.pairs import pairs
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT: Result = recorded("search")


def with_way(name: str, **values: float) -> dict[str, Any]:
    """The ways with other values in one of them."""
    return {"ways": tuple(replace(way, **values) if way.name == name else way for way in RESULT.ways)}


NEAR = tuple(replace(way, unrelated=0.05) for way in RESULT.ways)


@pytest.mark.breaks("a-byte-costs-nothing", "a-bit-keeps-most", "unrelated-is-zero")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("vectors-find-more", {"lead_low": 0.0}, id="a lead that may be chance"),
        pytest.param("vectors-find-more", with_way("random", recall_10=0.5), id="random vectors find half"),
        pytest.param("words-are-superfluous", {"words_bring": RESULT.missed // 6}, id="words bring little"),
        pytest.param("words-are-superfluous", {"missed": 0, "words_bring": 0}, id="nothing is missed"),
        pytest.param("one-state-does", with_way("token", recall_10=RESULT.way("mean").recall_10), id="as good"),
        pytest.param("a-byte-costs-nothing", with_way("int8", recall_1=0.3), id="the first place suffers"),
        pytest.param("a-byte-costs-nothing", with_way("int8", recall_10=0.8), id="the first ten suffer"),
        pytest.param("a-bit-keeps-most", with_way("bit", recall_10=0.6), id="a bit is too coarse"),
        pytest.param("unrelated-is-zero", {"ways": NEAR}, id="no common direction"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("search", claim, RESULT)
    assert verdict("search", claim, changed(RESULT, values)) is not before


def test_no_claim_and_no_sentence_stands_twice_and_none_is_empty() -> None:
    assert len(pairs()) == RESULT.claims >= 100
    for texts in zip(*pairs(), strict=True):
        assert len(set(texts)) == len(texts)
        assert all(text and text == " ".join(text.split()) for text in texts)


@pytest.mark.parametrize("claim", ["vectors-find-more", "one-state-does"])
def test_what_is_claimed_of_sentence_encoders_is_not_judged_on_a_decoder(claim: str) -> None:
    assert verdict("search", claim, changed(RESULT, {"family": "decoder"})) is None
