"""A question and its right answer as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmquiz.schema.questions import (
    CellQuestion,
    ChoiceQuestion,
    Claim,
    CodeQuestion,
    NumberFact,
    OrderQuestion,
    Question,
    Term,
)

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.language import Lang


def prompt(asked: QuestionRef, lang: Lang) -> str:
    """What is asked, without options."""
    match asked.entry:
        case CellQuestion() as cell:
            title, row, column = cell.table.title[lang], cell.row.text[lang], cell.column.text[lang]
            return f"{title}：{row}——{column}" if lang == "zh" else f"{title}: {row} — {column}"
        case Claim() as claim:
            return claim.text[lang].strip()
        case Question() as question:
            return question.prompt[lang].strip()
        case _:
            return ""


def right(asked: QuestionRef, lang: Lang) -> tuple[str, str]:
    """The right answer where there is a single one, and the verdict where it is a claim."""
    match asked.entry:
        case NumberFact() as number:
            return f"{number.value:,} {number.unit[lang]}", ""
        case Claim() as claim:
            return claim.right[lang].strip(), claim.verdict.value
        case ChoiceQuestion() | CodeQuestion() as choice if choice.options:
            return next(option.text[lang] for option in choice.options if option.right), ""
        case CodeQuestion() as code:
            return code.right.strip(), ""
        case OrderQuestion() as order:
            return " → ".join(step[lang] for step in order.steps), ""
        case Term() as term:
            return next(iter(term.right[lang]), ""), ""
        case CellQuestion() as cell:
            return cell.cell.text[lang], ""
        case _:
            return "", ""
