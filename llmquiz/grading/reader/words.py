"""The words that decided: the clauses of an answer at which a statement points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from llmquiz.grading.score import Span

ENOUGH = 0.6
"""Share of the pointing that the shown clauses hold."""
LONG = 90
"""Characters from which a clause is cut at its words: speech has no marks."""
_MARK = re.compile(r"[.!?;:](?=\s|$)|[,、](?=\s)|[，。！？；：]|\n| [-–—] ")
_EDGE = re.compile(r"\s+|(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])")


def deciding(answer: str, offsets: Sequence[tuple[int, int]], shares: Sequence[float]) -> Span:
    """The clause with the largest share of the pointing and its neighbours, until they hold enough of it.

    `offsets` are where the pieces of the answer stand, `shares` how much each is pointed at; they add up to one.
    """
    clauses = _clauses(answer)
    held = [0.0] * len(clauses)
    at = 0
    for (start, _), share in sorted(zip(offsets, shares, strict=True)):
        while at + 1 < len(clauses) and start >= clauses[at][1]:
            at += 1
        held[at] += share
    first = last = max(range(len(clauses)), key=held.__getitem__)
    while sum(held[first : last + 1]) < ENOUGH * sum(held):
        before = held[first - 1] if first else -1.0
        after = held[last + 1] if last + 1 < len(clauses) else -1.0
        # A neighbour with little of its own ends the stretch: what else is pointed at lies elsewhere.
        if max(before, after) < 0.1:
            break
        first, last = (first - 1, last) if before >= after else (first, last + 1)
    start, end = clauses[first][0], clauses[last][1]
    text = answer[start:end]
    return Span(start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip(" \n\t，,、；;：:")))


def _clauses(answer: str) -> list[tuple[int, int]]:
    """Clauses from mark to mark, long ones cut between words."""
    ends = [match.end() for match in _MARK.finditer(answer)]
    whole = [(start, end) for start, end in pairwise([0, *ends, len(answer)]) if answer[start:end].strip()]
    cut: list[tuple[int, int]] = []
    for start, end in whole or [(0, len(answer))]:
        while end - start > LONG:
            edge = next((match.end() for match in _EDGE.finditer(answer, start + LONG // 2, end)), end)
            cut.append((start, edge))
            start = edge
        if end > start:
            cut.append((start, end))
    return cut or [(0, 0)]
