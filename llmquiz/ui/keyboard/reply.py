"""What a typed reply means, and what to say when it cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmquiz.messages.ui import Words

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.layout import Layout


def fault(asked: QuestionRef, shown: Layout, text: str, words: Words, empty: str = "ask.empty") -> str:
    """What to type instead, or nothing where the reply can be graded; `empty` names what to say of no reply at all."""
    if not text.strip():
        return words(empty)
    match asked.kind:
        # Code without options fills a gap: there any text may be meant.
        case "choice" | "code" if shown.order:
            authored = shown.authored(text)
            return "" if authored and " " not in authored else words("ask.option-needed", most=len(shown.order))
        case "order":
            authored = shown.authored(text)
            complete = authored is not None and sorted(map(int, authored.split())) == list(
                range(1, len(shown.order) + 1)
            )
            return "" if complete else words("ask.order-needed", most=len(shown.order))
        # A sign that some number was typed is enough: what it is worth is for the grader to say.
        case "number" | "prediction":
            return "" if re.search(r"\d|[零一二三四五六七八九十百千万亿两]", text) else words("ask.number-needed")
        case "claim":
            from llmquiz.grading.kinds.claim import read_judgement

            return "" if read_judgement(text).verdict else words("ask.verdict-unknown", choices=words("ask.verdict"))
        case _:
            return ""


def ticked(text: str, most: int) -> list[int] | None:
    """`3 5` -> the numbers of points, from 1; None where some number is not on the screen."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return numbers if numbers and all(1 <= number <= most for number in numbers) else None
