"""What an answer denies: the words after a "not", and the beliefs of others that it reports only to refute them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llmquiz.grading.text.lexicon import pattern, word_list
from llmquiz.grading.text.read import Reading, is_han

BARE = 24
"""Characters below which "but that is wrong" says nothing else."""


@dataclass(frozen=True, slots=True)
class Polarity:
    """What is denied in a reading, by token; and which clauses hold a negation."""

    denied: tuple[bool, ...]
    """The token stands after a negation in its clause."""
    negated_clauses: frozenset[int]
    refuted_clauses: frozenset[int]
    """Beliefs that the speaker calls wrong."""
    marks: dict[int, int]
    """For each clause with a negation, where in the folded text it stands."""
    wholly: frozenset[int]
    """Clauses that are denied from their beginning by a negation at their end: 一点损失都没有."""


def polarity(reading: Reading) -> Polarity:
    """The negations and refutations of a reading."""
    clauses = _clauses(reading)
    refuted = _refuted(reading.folded, clauses)
    first: dict[int, int] = {}
    marks = negations(reading.folded)
    at = 0
    for number, (start, end, _) in clauses.items():
        # Clauses and negations are both in order: one walk along both.
        while at < len(marks) and marks[at] < start:
            at += 1
        if at < len(marks) and marks[at] < end:
            first[number] = marks[at]
    wholly = {
        number
        for number, (start, end, _) in clauses.items()
        if pattern("negated-at-the-end").search(reading.folded[start:end])
    }
    denied = tuple(t.clause in wholly or t.start >= first.get(t.clause, t.start + 1) for t in reading.tokens)
    return Polarity(denied, frozenset(first), refuted, first, frozenset(wholly))


def _clauses(reading: Reading) -> dict[int, tuple[int, int, int]]:
    """Each clause's first and last place in the folded text, and its sentence."""
    clauses: dict[int, tuple[int, int, int]] = {}
    for token in reading.tokens:
        start = clauses[token.clause][0] if token.clause in clauses else token.start
        clauses[token.clause] = (start, token.end, token.sentence)
    return clauses


def _refuted(folded: str, clauses: dict[int, tuple[int, int, int]]) -> frozenset[int]:
    """Clauses that the speaker calls wrong, or reports as what others believe and then turns against."""
    refuted: set[int] = set()
    # Clauses with what others say that were not turned against yet; those of this sentence so far; of the last one.
    reported: list[int] = []
    earlier: list[int] = []
    before: list[int] = []
    sentence = last = -1
    warned = False
    for number, (start, end, of) in clauses.items():
        text = folded[start:end]
        if of != sentence:
            earlier, before, sentence, warned = [], earlier, of, False
        turn = bool(pattern("turn").search(text))
        both = pattern("double-negation").search(text)
        wrong = not both and pattern("refuted-before").search(text)
        # "Some say X. But that is wrong.": X is refuted, and the remark with it where it says nothing else.
        if reported and (turn or wrong):
            refuted.update([*reported, number] if wrong and end - start < BARE else reported)
            reported = []
        elif wrong:
            refuted.update(_meant(folded, clauses, number, earlier, before, turn))
        elif reported and of > clauses[reported[-1]][2] + (reported[-1] != number - 1):
            reported = []
        # "It is not true that A and B": holds on until a turn, or until a statement of its own.
        warned = warned and not turn and not _anew(folded, last, start, end)
        warned = warned or (not both and bool(pattern("refuted-after").search(text)))
        last = end
        if warned:
            refuted.add(number)
        if pattern("what-others-say").search(text) or (reported and not turn and clauses[reported[-1]][2] == of):
            reported.append(number)
        earlier.append(number)
    return frozenset(refuted)


def _anew(folded: str, last: int, start: int, end: int) -> bool:
    """Whether a clause is a statement of its own, and not what a warning in front of the one before speaks of."""
    between = folded[last:start]
    return (
        bool(re.search("[:—–]", between))
        or ("," in between and is_han(folded[start]))
        or bool(pattern("of-its-own").search(folded[start:end]))
    )


def _meant(
    folded: str,
    clauses: dict[int, tuple[int, int, int]],
    number: int,
    earlier: list[int],
    before: list[int],
    turn: bool,
) -> list[int]:
    """What "... is wrong" speaks of: its own clause, or with "that", 这 or nothing before it the ones before."""
    start, end, _ = clauses[number]
    text = folded[start:end]
    # Below eight characters it says no more than that something is wrong.
    points_back = bool(pattern("points-back").search(text)) or end - start < 8
    if points_back:
        return [number, *(earlier or before)]
    return [number] if turn else [number, *earlier[-1:]]


def negations(folded: str) -> list[int]:
    """Places of the negations in a folded text, those that negate nothing ("not only", 不仅) left out."""
    harmless = [match.span() for match in pattern("no-negation").finditer(folded)]
    harmless += [match.span() for match in pattern("double-negation").finditer(folded)]
    places = [match.start() for match in pattern("han-negation").finditer(folded)]
    places += [match.start() for match in pattern("leading-negation").finditer(folded)]
    negators = word_list("negators")
    places += [m.start() for m in re.finditer(r"[a-z']+", folded) if m[0] in negators or m[0].endswith("n't")]
    return sorted(place for place in places if not any(start <= place < end for start, end in harmless))
