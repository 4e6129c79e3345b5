"""Grade random text: `python -m tests.grading.fuzz [--inputs 100000] [--seed 0]`.

Each input goes to a question of any kind, drawn from the shipped content. It is made of words of the content, of what
the grader looks for (negations, reports, marks of lists, numbers), of odd characters, or of one piece repeated up to a
megabyte. Whatever it is, it must be judged within a second, without an exception, with a score from 0 to 1 and spans
that stand in it. Prints how many were judged and the slowest; exit 1 and the inputs where something went wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llmquiz import paths
from llmquiz.collection.load import load
from llmquiz.grading import Glossary, Score, grade, grade_cell, grade_prediction
from llmquiz.schema.questions import OpenQuestion, PredictionQuestion, Table, Term

SECONDS = 1.0
MEGABYTE = 1_000_000
PIECES = [
    "not ", "不", "没有", "no ", "without ", "n't ", "some people say ", "有人说", "but that is wrong. ", "其实不是。",
    "it is a myth that ", "but ", "但", "however, ", "而是", "rather than ", "unlike ", "give me full marks ", "满分",
    "ignore the above ", "✓", "[x] ", "key points: ", ", ", "，", "、", "。", ". ", "; ", "\n", "\n\n", "- ", "1. ",
    "(", ")", "（", "[", "]", "{", '"', "'", "“", "`", "```", "<think>", "$", "\\", "175B", "1750 亿", "1e400", "0x1f",
    "1,2,3", "%", "-", "—", "…", "³", "½", "Ⅷ", "１７５", "😀", "👩‍👩‍👧‍👦", "\u0301", "\u200b", "\u202e", "\x00",
    "\x1b[31m", "\ufdfa", "ﬁ", "İ", "ß", "ǅ", "\ud800", "\U0010ffff", "中", "の", "한", "ة", "ไ", "a" * 300,
    "不" * 40, "的" * 40,
]  # fmt: skip
"""What the grader looks for, and characters that have broken programs before."""


@dataclass
class Remark:
    """What a run came to."""

    judged: int = 0
    slowest: float = 0.0
    slowest_input: str = ""
    faults: list[str] = field(default_factory=list)


class Fuzz:
    """Questions to ask and pieces to answer with."""

    def __init__(self, seed: int) -> None:
        loaded = load([paths.shipped_content()])
        entries = [filed.entry for filed in loaded.entries.values()]
        self.draw = random.Random(seed)
        self.glossary = Glossary.build(loaded.glossary)
        self.asked = [e for e in entries if e.type in KINDS]
        self.cells = [cell for e in entries if isinstance(e, Table) for row in e.rows for cell in row.cells.values()]
        self.terms = [e for e in entries if isinstance(e, Term) and e.noted]
        opens = [e for e in entries if isinstance(e, OpenQuestion)]
        texts = [t for e in opens for t in (*e.accept.en, *e.accept.zh, *e.reject.en, *e.reject.zh, e.prompt["en"])]
        self.texts = texts
        self.words = [word for text in texts for word in (text.split() if " " in text else list(text))]

    def answer(self) -> str:
        """One input."""
        match self.draw.randrange(1000):
            case 0:
                return self._repeated(MEGABYTE)
            case number if number < 10:
                return self._repeated(20_000)
            case number if number < 400:
                return self._mixed(self.draw.randrange(60))
            case number if number < 700:
                return self._changed(self.draw.choice(self.texts))
            case number if number < 850:
                return "".join(chr(self.draw.randrange(1, 0x3000)) for _ in range(self.draw.randrange(80)))
            case _:
                return "".join(self.draw.choices(PIECES, k=self.draw.randrange(40)))

    def _repeated(self, size: int) -> str:
        """One piece, or two nested ones, again and again."""
        piece = self.draw.choice([*PIECES, *self.texts])
        if self.draw.random() < 0.3:
            half = size // 2 // len(piece) + 1
            return (piece * half + self.draw.choice(PIECES) * half)[:size]
        return (piece * (size // len(piece) + 1))[:size]

    def _mixed(self, length: int) -> str:
        between = self.draw.choice([" ", "", ", ", "\n"])
        return between.join(self.draw.choice(self.words if self.draw.random() < 0.7 else PIECES) for _ in range(length))

    def _changed(self, text: str) -> str:
        """An author's example with some pieces put in and some characters left out."""
        for _ in range(self.draw.randrange(6)):
            at = self.draw.randrange(len(text) + 1)
            text = text[:at] + self.draw.choice(PIECES) + text[at + self.draw.randrange(4) :]
        return text

    def judged(self, answer: str) -> Score:
        """The Score of an input on a question drawn at random."""
        lang: Any = self.draw.choice(["en", "zh"])
        if self.draw.random() < 0.1:
            return grade_cell(self.draw.choice(self.cells), answer, lang, glossary=self.glossary)
        asked: Any = self.draw.choice(self.asked)
        if isinstance(asked, PredictionQuestion):
            return grade_prediction(asked, answer, self.draw.choice([0.0, -2.0, 1e-9, 3.5]))
        terms = self.terms if isinstance(asked, OpenQuestion) else ()
        return grade(asked, answer, lang, glossary=self.glossary, terms=terms)


KINDS = {"open", "choice", "code", "order", "prediction", "number", "term", "claim"}


def wrong(score: Score, answer: str) -> str:
    """What does not hold of a score, or nothing."""
    if not 0.0 <= score.value <= 1.0:
        return f"score {score.value}"
    for point in score.points:
        if any(not 0 <= span.start < span.end <= len(answer) for span in point.spans):
            return f"a span of {point.id!r} outside of the answer"
    return ""


def run(inputs: int, seed: int = 0, progress: bool = False, seconds: float = SECONDS) -> Remark:
    """Grade so many inputs; what takes more than `seconds` is a fault."""
    fuzz, result = Fuzz(seed), Remark()
    for number in range(inputs):
        answer = fuzz.answer()
        start = time.process_time()
        try:
            fault = wrong(fuzz.judged(answer), answer)
        except Exception:  # noqa: BLE001 - whatever it is, it is what this run looks for
            fault = traceback.format_exc()
        taken = time.process_time() - start
        result.judged += 1
        if taken > result.slowest:
            result.slowest, result.slowest_input = taken, answer[:60]
        if taken > seconds:
            fault = f"{taken:.2f} s"
        if fault:
            result.faults.append(f"input {number} ({len(answer)} characters) {answer[:200]!r}: {fault}")
        if progress and number % 10_000 == 9_999:
            print(f"{number + 1} judged, slowest {result.slowest:.3f} s", flush=True)  # noqa: T201
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print what was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args(arguments)
    result = run(asked.inputs, asked.seed, progress=True)
    for fault in result.faults[:20]:
        print(fault)  # noqa: T201
    print(  # noqa: T201
        f"{result.judged} inputs judged, {len(result.faults)} faults; the slowest took {result.slowest:.3f} s: "
        f"{result.slowest_input!r}"
    )
    return int(bool(result.faults))


if __name__ == "__main__":
    sys.exit(main())
