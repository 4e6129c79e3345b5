"""An open question: its points one by one, then what to say about the answer as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmquiz.grading.points import style
from llmquiz.grading.points.key_points import grade_points
from llmquiz.grading.score import Score, value_of
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.phrasings import Index
from llmquiz.grading.text.read import read

if TYPE_CHECKING:
    from llmquiz.schema.questions import OpenQuestion, Term


def grade_open(
    question: OpenQuestion,
    response: str,
    lang: str,
    *,
    glossary: Glossary,
    hinted: frozenset[str] = frozenset(),
    terms: Iterable[Term] = (),
    seconds: int | None = None,
) -> Score:
    """The Score of a typed answer; `seconds` is the time that was asked for."""
    points, misconceptions = grade_points(
        question.points, question.misconceptions, response, prompt=question.prompt, hinted=hinted
    )
    index = Index.of(read(response), glossary)
    return Score(
        value_of(points),
        points,
        misconceptions,
        style.terms_used(index, terms),
        style.remarks(index, lang, seconds),
    )
