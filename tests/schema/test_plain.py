"""Entries in plain text, and the numbers in them."""

from __future__ import annotations

import pytest

from llmquiz.schema.plain import amount, heading, number, right_answer
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
    "number": "175 billion parameters",
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
    ("value", "english", "chinese"),
    [
        (175_000_000_000, "175 billion", "1750 亿"),
        (1.5e12, "1.5 trillion", "1.5 万亿"),
        (174_591_683_584, "174,591,683,584", "174,591,683,584"),  # nothing is rounded away
        (32_000, "32,000", "3.2 万"),
        (524_288, "524,288", "524,288"),
        (3.14e23, "3.14 × 10²³", "3.14 × 10²³"),
        (15.0, "15", "15"),
        (0.25, "0.25", "0.25"),
        (1234.5, "1,234.5", "1,234.5"),
        (0, "0", "0"),
        (0.00012, "0.00012", "0.00012"),
        (1.2e-5, "1.2 × 10⁻⁵", "1.2 × 10⁻⁵"),
        (-2e15, "-2 × 10¹⁵", "-2 × 10¹⁵"),
        (-2e9, "-2 billion", "-20 亿"),
    ],
)
def test_a_number_is_written_as_people_write_it(value: float, english: str, chinese: str) -> None:
    assert (number(value, "en"), number(value, "zh")) == (english, chinese)


def test_between_a_chinese_number_and_its_unit_there_is_no_space() -> None:
    assert amount(175_000_000_000, "个参数", "zh") == "1750 亿个参数"
    assert amount(14, "GB", "zh") == "14 GB"
    assert amount(32_000, "tokens", "zh") == "3.2 万 tokens"
    assert amount(8, "", "en") == "8"
