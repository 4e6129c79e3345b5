"""Entries in plain text, and the numbers in them."""

from __future__ import annotations

import pytest

from llmquiz.schema.plain import heading, number, right_answer
from tests.entries import KINDS, SAMPLES

HEADINGS = {
    "open": "Why divide?",
    "choice": "Which is causal?",
    "code": "What is wrong?",
    "order": "Put in order.",
    "prediction": "How much faster?",
    "number": "How many parameters?",
    "term": "Sequential generation?",
    "claim": "The cache is free.",
    "table": "Kinds",
    "reference": "A paper",
    "interview": "Dr. Lin",
    "technique": "Answer first",
    "cell": "Kinds: encoder — sees?",
}
ANSWERS = {
    "choice": "a decoder",
    "code": "a decoder",
    "order": "first → second → third",
    "number": "175,000,000,000 parameters",
    "term": "autoregressive",
    "claim": "It takes memory.",
    "cell": "both sides",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_asks_or_is_called(kind: str) -> None:
    assert heading(SAMPLES[kind], "en") == HEADINGS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_with_a_single_right_answer_says_it(kind: str) -> None:
    assert right_answer(SAMPLES[kind], "en") == ANSWERS.get(kind, "")


def test_a_heading_is_in_the_language_asked_for() -> None:
    assert heading(SAMPLES["cell"], "zh") == "Kinds（中）：encoder（中）——sees（中）？"


def test_code_without_options_is_answered_by_the_right_code() -> None:
    typed = SAMPLES["code"].model_copy(update={"options": []})
    assert right_answer(typed, "en") == "mask = tril(x)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (175_000_000_000, "175,000,000,000"),
        (3.14e23, "3.14e+23"),
        (15.0, "15"),
        (0.25, "0.25"),
        (1234.5, "1,234.5"),
        (0, "0"),
        (0.00012, "0.00012"),
        (-2e15, "-2e+15"),
    ],
)
def test_a_number_is_written_as_people_write_it(value: float, text: str) -> None:
    assert number(value) == text
