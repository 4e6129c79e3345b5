"""Numbers in an answer beside those of a statement: compared as numbers, by rule."""

from __future__ import annotations

import re
from collections import defaultdict

from llmquiz.grading.text.numerals import Amount, amounts
from llmquiz.grading.text.read import fold
from llmquiz.grading.text.units import known

NEAR = 0.1
"""Relative difference up to which a number is a rounding of the other."""
_DIGITS = re.compile(r"\d")


def contradict(statement: str, words: str) -> bool:
    """Whether `words` give other numbers of a kind than `statement` does, and none of its own.

    Only numbers with a unit of bytes, time or share, or with a multiplier (175B, 2 million), are compared: the others
    count so many things that two of them seldom speak of the same.
    """
    stated, given = _by_kind(statement), _by_kind(words)
    return any(
        not any(_near(value, right) for value in given[kind] for right in stated[kind])
        for kind in stated.keys() & given.keys()
    )


def _by_kind(text: str) -> dict[str, list[float]]:
    """The numbers of each kind that can be compared, in its smallest unit."""
    numbers: dict[str, list[float]] = defaultdict(list)
    folded = fold(text)[0]
    if _DIGITS.search(folded):
        for amount in amounts(folded):
            kind, size = _kind(amount)
            if kind:
                numbers[kind].append(amount.value * size)
    return numbers


def _kind(amount: Amount) -> tuple[str, float]:
    if unit := known(amount.unit):
        table, size = unit
        return f"unit of {min(table)}", size
    return ("scaled" if amount.scale and amount.scale not in "百千" else ""), 1.0


def _near(value: float, right: float) -> bool:
    return abs(value - right) <= NEAR * max(abs(value), abs(right))
