"""How much of a statement's letters an answer has: evidence beside what the network makes of their meaning.

Recall of runs of letters, after Popović, "chrF: character n-gram F-score for automatic MT evaluation" (2015): of the
whole answer, and of the two neighbouring sentences that have most.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from llmquiz.grading.text.read import HAN, fold

RUN = {True: 2, False: 4}
"""Letters in a run, in Chinese and in other text."""
_HAN = re.compile(f"[{HAN}]")
SENTENCE = re.compile(r"[^.!?。！？;；\n]+")


def overlap(statement: str, answer: str) -> tuple[float, float]:
    """The shares of the statement's runs of letters that the answer has: anywhere, and in two sentences together."""
    run = RUN[bool(_HAN.search(statement))]
    wanted = _runs(statement, run)
    return _share(wanted, _runs(answer, run)), max(_share(wanted, _runs(text, run)) for text in _pairs(answer))


def _share(wanted: Counter[str], present: Counter[str]) -> float:
    return (wanted & present).total() / max(1, wanted.total())


@lru_cache(maxsize=2000)
def _runs(text: str, run: int) -> Counter[str]:
    letters = " ".join(fold(text)[0].split())
    return Counter(letters[at : at + run] for at in range(len(letters) - run + 1))


@lru_cache(maxsize=2)
def _pairs(answer: str) -> tuple[str, ...]:
    sentences = [text for text in SENTENCE.findall(answer) if text.strip()] or [answer]
    return tuple(" ".join(sentences[at : at + 2]) for at in range(max(1, len(sentences) - 1)))
