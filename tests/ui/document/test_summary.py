"""An entry in short."""

from __future__ import annotations

import pytest

from llmquiz.ui.document.summary import Summary, summary
from tests.entries import KINDS, SAMPLES

SUMMARIES = {
    "open": Summary("answers", "Why divide?", "For the variance.", ("The variance grows.",)),
    "table": Summary("tables", "Kinds"),
    "number": Summary("facts", "How many parameters?", "175 billion parameters"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_answers_tables_and_facts(kind: str) -> None:
    assert summary(SAMPLES[kind], "en") == SUMMARIES.get(kind)


def test_a_question_above_the_core_is_left_out() -> None:
    assert summary(SAMPLES["open"].model_copy(update={"level": "deep"}), "en") is None
