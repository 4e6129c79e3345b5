"""Remarks on the manner of an answer, apart from its score."""

from __future__ import annotations

import pytest

from llmquiz.grading.points.style import absolute_words, words_at
from llmquiz.grading.score import Span
from llmquiz.grading.text.phrasings import Index
from llmquiz.grading.text.read import read
from llmquiz.schema.questions import Term
from tests.grading.samples import GLOSSARY, graded, text

GOOD = "Past keys and values stay the same. The memory grows with the context length."


def test_style_is_noted_apart_from_the_score() -> None:
    answer = (
        GOOD + " This is absolutely the only way, under all conditions, and everybody knows it well by now, they say."
    )
    score = graded(answer, seconds=5)
    assert score.value == 1.0
    assert [remark.id for remark in score.style] == ["absolute", "no-example", "no-limits", "too-long"]
    assert score.style[0].because == "absolutely"


@pytest.mark.parametrize(
    "answer",
    [
        "绝对位置编码",
        "It is not necessarily so",
        "completely different",
        "所有参数都冻结",
        "这不是唯一的选择",
        "It has not been shown to be better in every respect",
        "Earlier states never depend on later ones",
        "It isn't always so",
    ],
)
def test_plain_wording_is_not_absolute(answer: str) -> None:
    assert "absolute" not in [remark.id for remark in graded(answer).style]


@pytest.mark.parametrize(
    "answer",
    ["It is not slow, it is always fast", "It does not recompute, so it is always fast", "Decoders never diverge"],
)
def test_a_negation_of_something_else_leaves_it_absolute(answer: str) -> None:
    assert "absolute" in [remark.id for remark in graded(answer).style]


def test_an_inaccurate_term_is_noted_unless_it_is_refused() -> None:
    term = Term.model_validate(
        {
            "id": "one-way",
            "prompt": text("?"),
            "wrong": {"en": ["one-way attention"]},
            "right": {"en": ["causal attention"]},
            "why": text("w"),
        }
    )  # fmt: skip
    assert [remark.id for remark in graded("It uses one-way attention.", terms=[term]).terms] == ["one-way"]
    assert graded("We do not call it one-way attention.", terms=[term]).terms == ()


@pytest.mark.parametrize(
    ("words", "seconds", "remarks"),
    [
        (38, 60, ["too-short"]),  # 150 words a minute: a quarter of the time
        (150, 60, []),
        (300, 60, ["too-long"]),
        (300, None, []),  # nobody asked for a length
    ],
)
def test_length_is_held_against_the_time_that_was_asked_for(
    words: int, seconds: int | None, remarks: list[str]
) -> None:
    answer = "For example the model reads, within limits. " + "word " * (words - 7)
    noticed = [remark.id for remark in graded(answer, seconds=seconds).style]
    assert [name for name in noticed if name.startswith("too")] == remarks


def test_absolute_words_are_named_once_each_as_they_were_typed() -> None:
    assert absolute_words(read("It ALWAYS wins, always, and 永远 too. It always wins.")) == ["ALWAYS", "always", "永远"]


def test_neighbouring_words_are_shown_as_one_stretch() -> None:
    index = Index.of(read("the memory grows with the length"), GLOSSARY)
    assert words_at(index, [(5, 6), (1, 2), (2, 3), (1, 2)]) == (
        "memory grows … length",
        (Span(4, 16), Span(26, 32)),
    )
