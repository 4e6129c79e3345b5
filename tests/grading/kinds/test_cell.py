"""A table cell is met by what it accepts."""

from __future__ import annotations

import pytest

from llmquiz.grading import grade_cell
from llmquiz.schema.questions import Cell
from tests.grading.samples import GLOSSARY, text


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("left to right", "met"),
        ("it reads from left to right only", "met"),
        ("单向", "met"),
        ("not left to right", "contradicted"),
        ("right to left", "missing"),
        ("both ways", "missing"),
        ("", "missing"),
    ],
)
def test_a_cell_is_met_by_what_it_accepts(response: str, expected: str) -> None:
    cell = Cell.model_validate(
        {"text": text("causal", "因果"), "accept": {"en": ["left to right", "one-way"], "zh": ["单向"]}}
    )
    assert str(grade_cell(cell, response, "en", glossary=GLOSSARY).points[0].state) == expected
