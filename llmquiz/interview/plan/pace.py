"""How long answers take, how long they may, and when each section ends.

Budgets are meant for speech: 150 English words or 250 Chinese characters a minute, as for the grader. Whoever
types at another rate gets as much more time as it takes to type the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from llmquiz.grading.text.read import is_han, read
from llmquiz.interview import calibration
from llmquiz.interview.turns import DEPTHS, Depth
from llmquiz.schema.questions import OpenQuestion

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.language import Lang

SECONDS: dict[Depth, int] = {"one-line": 15, "one-minute": 60, "full": 240}
"""Time to say an answer of each depth, where the question does not say."""
FULL = (180, 300)
"""Bounds of the time for a full answer."""
KINDS = {"number": 10, "term": 10, "cell": 10, "choice": 15, "claim": 30, "order": 30, "code": 40}
"""Time to say an answer to the other kinds of question."""
FOLLOW_UP: dict[Depth, int] = {"one-line": 20, "one-minute": 30, "full": 45}
CLOSING = 30


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the candidate answers: words (English) or characters (Chinese) a minute."""

    lang: Lang
    rate: int

    @property
    def slowdown(self) -> float:
        """How much longer an answer takes than to say it."""
        return calibration.SPOKEN[self.lang] / self.rate

    def allowed(self, seconds: float) -> float:
        """Seconds to give for what can be said in `seconds`."""
        return seconds * self.slowdown

    def taken(self, text: str) -> float:
        """Seconds that it takes to answer with `text`."""
        return round(spoken(text) * self.slowdown, 1)

    def cut(self, text: str, seconds: float) -> str:
        """As much of `text` as fits into `seconds`."""
        if self.taken(text) <= seconds:
            return text
        reading = read(text)
        left = seconds / self.slowdown
        for token in reading.tokens:
            # Token by token, as `spoken` counts: an answer may mix both languages.
            left -= 60 / calibration.SPOKEN["zh" if is_han(token.key) else "en"]
            if left < 0:
                return text[: reading.typed(token.start, token.end)[0]].rstrip()
        return text


@lru_cache(maxsize=256)
def spoken(text: str) -> float:
    """Seconds that it takes to say `text`."""
    keys = [token.key for token in read(text).tokens]
    han = sum(is_han(key) for key in keys)
    return han * 60 / calibration.SPOKEN["zh"] + (len(keys) - han) * 60 / calibration.SPOKEN["en"]


def budget(asked: QuestionRef, depth: Depth) -> int:
    """Seconds to say the answer to a question at a depth."""
    entry = asked.entry
    if not isinstance(entry, OpenQuestion):
        return KINDS.get(asked.kind, SECONDS["one-line"])
    match depth:
        case "one-line":
            return entry.answers.one_line.seconds
        case "one-minute":
            return entry.answers.one_minute.seconds
        case "full":
            authored = entry.answers.full.seconds if entry.answers.full else SECONDS["full"]
            return min(max(authored, FULL[0]), FULL[1])


def fitting(depth: Depth, seconds: float, pace: Pace) -> Depth:
    """`depth`, or the deepest one below it whose answer fits into `seconds` of the interview."""
    for shallower in reversed(DEPTHS[: DEPTHS.index(depth) + 1]):
        # A full answer fits where its shortest form does.
        if pace.allowed(FULL[0] if shallower == "full" else SECONDS[shallower]) <= seconds:
            return shallower
    return "one-line"


def clock(seconds: float) -> str:
    """Minutes and seconds: 2:05; a minus where the time is overdrawn."""
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 and whole else ''}{whole // 60}:{whole % 60:02d}"
