"""A term is any of its right forms."""

from __future__ import annotations

import pytest

from llmquiz.schema.questions import Term
from tests.grading.samples import state, text

TERM = Term.model_validate(
    {"id": "t", "prompt": text("?"), "wrong": {"en": ["GPT architecture"], "zh": ["GPT 架构"]},
     "right": {"en": ["decoder-only", "causal decoder"], "zh": ["仅解码器"]}, "why": text("w")}
)  # fmt: skip


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("decoder-only", "met"),
        ("Decoder only", "met"),
        ("decoderonly", "met"),
        ("a causal decoder", "met"),
        ("仅解码器", "met"),
        ("ＤＥＣＯＤＥＲ－ＯＮＬＹ", "met"),
        ("GPT architecture", "contradicted"),
        ("GPT架构", "contradicted"),
        ("encoder-only", "missing"),
        ("decoder", "missing"),
        ("not decoder-only", "missing"),
        ("", "missing"),
    ],
)
def test_a_term_is_any_of_its_right_forms(response: str, expected: str) -> None:
    assert state(TERM, response) == expected
