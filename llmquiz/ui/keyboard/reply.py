"""What a typed reply means, and what to say when it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmquiz.grading.score import PointState
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


_STATES = {"m": PointState.met, "p": PointState.partly, "x": PointState.missing}


def overrule(text: str, points: Sequence[str]) -> tuple[str, PointState] | None:
    """`2m` -> the second point's id and met; a letter alone where there is one point."""
    match = re.fullmatch(r"\s*(\d*)\s*([mpx])\s*", text.lower())
    if not match:
        return None
    number = int(match[1] or (1 if len(points) == 1 else 0))
    return (points[number - 1], _STATES[match[2]]) if 1 <= number <= len(points) else None
