"""What each claim of letter-bias says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("letter-bias")


def scoring(**scores: float) -> dict[str, Any]:
    """The ways of asking with other scores for some of them."""
    return {"ways": tuple(replace(way, accuracy=scores.get(way.name, way.accuracy)) for way in RESULT.ways)}


ALIKE = scoring(**{way.name: 0.5 for way in RESULT.ways})
EVEN = (RESULT.questions,) * 4
TEXT = RESULT.accuracy("text")


@pytest.mark.breaks(
    "letters-at-chance",
    "one-letter",
    "order-decides",
    "score-is-the-models",
    "options-help",
    "bias-can-be-taken-out",
)
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("letters-at-chance", scoring(letters=TEXT), id="letters as good as text"),
        pytest.param("letters-at-chance", scoring(text=0.4), id="text hardly better"),
        pytest.param("letters-at-chance", {"swapped": TEXT}, id="any question does"),
        pytest.param("letters-at-chance", {"blind": TEXT}, id="no question is needed"),
        pytest.param("one-letter", {"chosen": EVEN}, id="all letters alike"),
        pytest.param("one-letter", {"by_place": (0.5, 0.4, 0.6, 0.5)}, id="all places alike"),
        pytest.param("order-decides", {"changed": RESULT.questions // 2}, id="half the answers stay"),
        pytest.param("order-decides", {"changed_listed": RESULT.changed}, id="text as much as letters"),
        pytest.param("score-is-the-models", ALIKE, id="every way the same score"),
        pytest.param("options-help", scoring(listed=TEXT + 0.1), id="the list helps"),
        *(
            pytest.param("bias-can-be-taken-out", scoring(**{way: TEXT}), id=f"{way} mends it")
            for way in ("digits", "chat", "corrected", "orders")
        ),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("letter-bias", claim, RESULT)
    assert verdict("letter-bias", claim, changed(RESULT, values)) is not before


def test_a_model_without_a_chat_template_is_judged_by_the_other_ways() -> None:
    ways = tuple(way for way in RESULT.ways if way.name != "chat")
    assert verdict("letter-bias", "bias-can-be-taken-out", changed(RESULT, {"ways": ways})) is False
