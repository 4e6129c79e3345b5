"""A number with its unit, each with its near misses; a guess held against what was measured."""

from __future__ import annotations

import pytest

from llmquiz.grading import grade_prediction
from llmquiz.schema.questions import NumberFact, PredictionQuestion
from tests.grading.samples import state, text


def number(value: float, unit: str, tolerance: float = 0.05) -> NumberFact:
    """A number to know."""
    written = {
        "id": "n",
        "prompt": text("?"),
        "value": value,
        "unit": text(unit),
        "tolerance": tolerance,
        "why": text("w"),
    }
    return NumberFact.model_validate(written)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("175B", "met"),
        ("1750 亿", "met"),
        ("一千七百五十亿", "met"),
        ("1.75e11", "met"),
        ("1.75×10^11", "met"),
        ("175 billion", "met"),
        ("１７５Ｂ", "met"),
        ("175,000,000,000", "met"),
        ("about 170 billion parameters", "met"),
        ("GPT-3 has 175B", "met"),  # the 3 belongs to a name
        ("160B", "missing"),
        ("175M", "missing"),
        ("175", "missing"),
        ("1750B", "missing"),
        ("-175B", "missing"),
        ("175B seconds", "undecided"),  # another kind of unit: never wrong, never credit
        ("7 billion", "missing"),
        ("175B or 13B", "undecided"),
        ("28 + 147 = 175B", "met"),  # the working, and what it comes to
        ("many", "undecided"),
        ("", "missing"),
    ],
)
def test_a_count_of_parameters(response: str, expected: str) -> None:
    assert state(number(175_000_000_000, "parameters"), response) == expected


@pytest.mark.parametrize(
    ("value", "unit", "response", "expected"),
    [
        (524_288, "bytes", "512 KiB", "met"),
        (524_288, "bytes", "512 KB", "met"),  # KB is used for both
        (524_288, "bytes", "0.5 MiB", "met"),
        (524_288, "bytes", "512", "missing"),
        (524_288, "bytes", "512 ms", "undecided"),
        (512, "KiB", "524288 bytes", "met"),
        (15, "%", "15%", "met"),
        (15, "%", "15", "met"),
        (15, "%", "0.15", "met"),
        (15, "%", "15 percent", "met"),
        (15, "%", "百分之十五", "met"),
        (15, "%", "0.15%", "missing"),
        (15, "%", "1.5%", "missing"),
        (15, "%", "15-20%", "partly"),
        (20, "tokens", "twenty", "met"),
        (20, "tokens", "二十个 token", "met"),
        (20, "tokens", "two", "missing"),
        (20, "tokens", "120", "missing"),  # no substring
        (20, "tokens", "20%", "undecided"),
        (90, "seconds", "1.5 min", "met"),
    ],
)
def test_numbers_with_units(value: float, unit: str, response: str, expected: str) -> None:
    assert state(number(value, unit, 0.02), response) == expected


@pytest.mark.parametrize(
    ("guess", "expected"),
    [
        ("10", "met"),
        ("5.1", "met"),
        ("19.9x", "met"),
        ("4.9", "missing"),
        ("21", "missing"),
        ("0", "missing"),
        ("-10", "missing"),
        ("5 or 10", "undecided"),
        ("", "missing"),
    ],
)
def test_a_guess_is_right_within_its_factor(guess: str, expected: str) -> None:
    asked = PredictionQuestion.model_validate(
        {"type": "prediction", "id": "p", "prompt": text("?"), "measures": "ratio", "factor": 2.0, "why": text("w")}
    )
    assert str(grade_prediction(asked, guess, 10.0).points[0].state) == expected
