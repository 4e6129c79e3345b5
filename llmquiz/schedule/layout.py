"""The order in which the options or steps of a question are shown. Pure."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmquiz.schema.questions import ChoiceQuestion, CodeQuestion, OrderQuestion

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef


_WIDE = str.maketrans("１２３４５６７８９０", "1234567890")
_SEPARATORS = re.compile(r"[,，、.。;；→]+|(?<=\d)\s*-?>\s*(?=\d)|(?<=\d)\s*-\s*(?=\d)|(?<=\d)\s+")
_FILLERS = re.compile(
    r"^(?:选项|选择|选|第|答案是?|option|answer|number|no\.|#|\(|我选)+\s*|(?:个|项|条|吧|\))+$", re.I
)
_HAN = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Layout:
    """The order in which options or steps are shown: `order[0]` is the authored number of what is shown first."""

    order: tuple[int, ...] = ()

    def authored(self, typed: str) -> str | None:
        """Numbers as typed -> authored numbers, from 1; None where they are not numbers that were shown."""
        words = _SEPARATORS.sub(" ", _FILLERS.sub("", typed.translate(_WIDE).strip())).split()
        if len(words) == 1 and words[0] in _HAN:  # 第二个
            words = [str(_HAN.index(words[0]) + 1)]
        if len(words) == 1 and len(self.order) > 1 and len(words[0]) == len(self.order) and words[0].isdigit():
            words = list(words[0])  # 213 for 2 1 3
        if not words or not all(word.isdecimal() and 1 <= int(word) <= len(self.order) for word in words):
            return None
        return " ".join(str(self.order[int(word) - 1]) for word in words)


def lay_out(question: QuestionRef, seed: int) -> Layout:
    """How the options or steps of a question are shown; steps never in the right order."""
    entry = question.entry
    match entry:
        case ChoiceQuestion() | CodeQuestion():
            count = len(entry.options)
        case OrderQuestion():
            count = len(entry.steps)
        case _:
            return Layout()
    numbers = list(range(1, count + 1))
    # By seed and question alone: whoever grades or resumes later lays it out the same.
    draw = random.Random(f"{seed} {question.id}")
    order = draw.sample(numbers, count)
    while isinstance(entry, OrderQuestion) and order == numbers:
        order = draw.sample(numbers, count)
    return Layout(tuple(order))
