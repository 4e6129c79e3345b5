"""An open question: its points by name, and beside them what is said about the answer as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.grading import Score
from llmquiz.grading.kinds.open import grade_open
from llmquiz.schema.questions import Term
from tests.grading.samples import GLOSSARY, question, states, text

MEMORY = "The memory grows with the length."
TERM = Term.model_validate(
    {
        "id": "one-way",
        "prompt": text("?"),
        "wrong": {"en": ["one-way attention"], "zh": ["单向注意力"]},
        "right": {"en": ["causal attention"]},
        "why": text("w"),
    }
)


def scored(answer: str, lang: str = "en", **more: Any) -> Score:
    """The Score of an answer to the question about the KV cache."""
    return grade_open(question(), answer, lang, glossary=GLOSSARY, **more)


def test_the_value_is_that_of_the_points_and_nothing_beside_them_changes_it() -> None:
    plain = scored(MEMORY)
    remarked = scored(MEMORY, terms=[TERM], seconds=600, hinted=frozenset({"memory"}))
    assert states(plain) == states(remarked) == {"reuse": "missing", "memory": "met"}
    assert plain.value == remarked.value == pytest.approx(2 / 3, abs=1e-4)


def test_a_score_tells_points_misconceptions_terms_and_style_apart() -> None:
    score = scored(
        "The cache always stores the generated text, and it is one-way attention.", terms=[TERM], seconds=600
    )
    assert states(score) == {"reuse": "contradicted", "memory": "missing"}
    assert [remark.id for remark in score.misconceptions] == ["stores-text"]
    assert [(remark.id, remark.because) for remark in score.terms] == [("one-way", "one-way attention")]
    assert [remark.id for remark in score.style] == ["absolute", "too-short"]


def test_a_chinese_answer_is_told_the_same() -> None:
    score = scored("缓存里永远存的是生成的文字，用的是单向注意力。", "zh", terms=[TERM], seconds=600)
    assert [remark.id for remark in (*score.misconceptions, *score.terms)] == ["stores-text", "one-way"]
    assert "too-short" in [remark.id for remark in score.style]


def test_terms_and_length_are_looked_at_only_where_they_are_asked_for() -> None:
    score = scored("It is one-way attention.")
    assert (score.terms, score.style) == ((), ())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_question_said_back_earns_nothing_in_either_language(lang: str) -> None:
    """Its words would meet the point; they were the interviewer's."""
    asked = question(prompt=text("Why does the memory of the cache grow with the length?", "为什么显存随长度增长？"))
    answer = asked.prompt.en if lang == "en" else asked.prompt.zh
    assert answer
    assert grade_open(asked, answer, lang, glossary=GLOSSARY).value == 0.0


def test_a_point_that_a_hint_gave_away_is_marked_and_still_met() -> None:
    score = scored(MEMORY, hinted=frozenset({"memory"}))
    assert [(point.id, point.hinted) for point in score.points] == [("reuse", False), ("memory", True)]
    assert states(score)["memory"] == "met"
