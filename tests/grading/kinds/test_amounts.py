"""A table of typed amounts, written by somebody who had not seen the grammar.

When the grammar first met them it had been made with every fourth: of the other 226 it read 210 as they were meant
(the one before it 121). The table has been looked at since, and measures nothing any more; it is here to stay read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmquiz.grading.kinds.number import grade_number
from llmquiz.schema.questions import NumberFact

CASES = json.loads(Path(__file__).with_name("amounts.json").read_text(encoding="utf-8"))
NOT_READ = {"a billion and a half", "4096 (was 2048 in GPT-3)"}
"""Right answers that are left undecided."""
CREDITED = {"3x1023"}
"""May be a slip for 3 x 10^23 or a product: read as neither, and still a number."""


def graded(case: dict[str, Any], value: float) -> str:
    """What becomes of a typed answer where `value` is right."""
    asked = "By how much is it reduced?" if case.get("reduction") else "How many?"
    unit = case["unit"] or "layers"
    text = {"en": asked, "zh": asked}
    question = {"type": "number", "id": "x", "prompt": text, "value": value, "unit": {"en": unit, "zh": unit}}
    question |= {"tolerance": 0.03, "why": text}
    return grade_number(NumberFact.model_validate(question), case["answer"]).points[0].state.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']} {case['unit']} {case['answer']}")
def test_a_typed_amount_is_read_as_it_is_meant(case: dict[str, Any]) -> None:
    meant = case["value"]
    if case["answer"] in NOT_READ:
        assert graded(case, meant) == "undecided"
    elif meant is None:
        states = {graded(case, 14), graded(case, 98_765.4)}
        assert "met" not in states
        assert states == {"undecided"} or case["answer"] in CREDITED
    elif isinstance(meant, list):
        assert graded(case, (meant[0] * meant[1]) ** 0.5) in ("met", "partly")
        assert graded(case, meant[1] * 3) == "missing"
    else:
        assert graded(case, meant) == "met"
        assert graded(case, 3.7 * meant + 1.3) != "met"
