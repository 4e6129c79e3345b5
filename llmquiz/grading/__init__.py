"""How an answer is judged: `grade(question, response, lang, glossary=...)` gives a Score, point by point, and why.

A file a kind; open answers go through points/ to the reader. Each is imported when a question needs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, assert_never

from llmquiz.grading.score import PointScore, PointState, Remark, Score, Span, value_of
from llmquiz.grading.text.glossary import Glossary

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import (
        Cell,
        ChoiceQuestion,
        Claim,
        CodeQuestion,
        NumberFact,
        OpenQuestion,
        OrderQuestion,
        PredictionQuestion,
        Term,
    )

    Gradable = OpenQuestion | ChoiceQuestion | CodeQuestion | OrderQuestion | NumberFact | Term | Claim


def grade(
    question: Gradable,
    response: str,
    lang: Lang,
    *,
    glossary: Glossary,
    hinted: frozenset[str] = frozenset(),
    terms: Iterable[Term] = (),
    seconds: int | None = None,
) -> Score:
    """The Score of a response; `hinted` are points that a hint gave away, `seconds` is the length asked for.

    Choices and orders are given by the author's numbering from 1; a claim's first line is its verdict.
    """
    match question.type:
        case "open":
            from llmquiz.grading.kinds.open import grade_open

            return grade_open(question, response, lang, glossary=glossary, hinted=hinted, terms=terms, seconds=seconds)
        case "claim":
            from llmquiz.grading.kinds.claim import grade_claim

            return grade_claim(question, response, hinted=hinted)
        case "number":
            from llmquiz.grading.kinds.number import grade_number

            return grade_number(question, response)
        case _:
            return _grade_single(question, response, glossary)


def _grade_single(
    question: ChoiceQuestion | CodeQuestion | OrderQuestion | Term, response: str, glossary: Glossary
) -> Score:
    match question.type:
        case "choice":
            from llmquiz.grading.kinds.choice import grade_choice

            return grade_choice(question.options, response)
        case "code":
            from llmquiz.grading.kinds.code import grade_code

            return grade_code(question, response)
        case "order":
            from llmquiz.grading.kinds.order import grade_order

            return grade_order(question, response)
        case "term":
            from llmquiz.grading.kinds.term import grade_term

            return grade_term(question, response, glossary)
        case other:
            assert_never(other)


def grade_cell(cell: Cell, response: str, lang: Lang, *, glossary: Glossary) -> Score:
    """The Score of what was typed for a table cell."""
    from llmquiz.grading.kinds import cell as cells

    return cells.grade_cell(cell, response, lang, glossary=glossary)


def grade_prediction(question: PredictionQuestion, guess: str, measured: float) -> Score:
    """The Score of a guess, once the demo has measured."""
    from llmquiz.grading.kinds import number

    return number.grade_prediction(question, guess, measured)


__all__ = [
    "Glossary",
    "PointScore",
    "PointState",
    "Remark",
    "Score",
    "Span",
    "grade",
    "grade_cell",
    "grade_prediction",
    "value_of",
]
