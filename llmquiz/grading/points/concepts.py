"""What a text speaks of: terms of the glossary, everyday concepts, else its words and pairs of Han characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from llmquiz.grading import calibration
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.polarity import Polarity
from llmquiz.grading.text.read import Reading, is_han, listed
from llmquiz.grading.text.thesaurus import Thesaurus, thesaurus

Senses = tuple[tuple[str, int], ...]
Merged = tuple[int, int, Senses, float]
"""The place of a term or concept, the place after it, its senses and weight."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place of a text and what may be meant there: names with +1, -1 for the opposite, 0 for either."""

    place: int
    end: int
    """The token after it."""
    clause: int
    senses: Senses
    weight: float


def mentions(reading: Reading, polarity: Polarity, glossary: Glossary) -> list[Mention]:
    """Everything that a text speaks of, in order; what stands after a "not" has its sign turned."""
    tokens = tuple(token.key for token in reading.tokens)
    merged = list(_merged(tokens, glossary, thesaurus()))
    signs = _signs(reading, polarity, merged)
    mentioned: list[Mention] = []
    covered = 0
    for place, end, senses, weight in merged:
        mentioned += _plain(tokens, covered, place, reading, signs)
        mentioned.append(_mention(place, end, reading, signs[place], senses, weight))
        covered = max(covered, end)
    mentioned += _plain(tokens, covered, len(tokens), reading, signs)
    return mentioned


def _signs(reading: Reading, polarity: Polarity, merged: Sequence[Merged]) -> list[int]:
    """For each token +1, -1 where it is denied, 0 where only a condition denies it ("without warm-up it diverges")."""
    inside = {
        reading.tokens[place].start for start, end, _, _ in merged for place in range(start, end) if end - start > 1
    }
    # A "not" inside a term or concept of several words belongs to it, and turns nothing else.
    marks = {clause: place for clause, place in polarity.marks.items() if place not in inside}
    # What stands after "remove" or "leave out" in a clause is what is gone; reversed, so that the first one counts.
    removed = {reading.tokens[at].clause: end for at, end, senses, _ in reversed(merged) if ("~add", -1) in senses}
    signs = []
    for place, token in enumerate(reading.tokens):
        clause = token.clause
        after = clause in marks and token.start >= marks[clause]
        sign = -1 if after or clause in polarity.wholly or place >= removed.get(clause, place + 1) else 1
        if sign < 0 and after and pattern("condition").match(reading.folded, marks[clause]):
            sign = 0
        signs.append(-sign if clause in polarity.refuted_clauses else sign)  # who refutes a denial affirms
    return signs


def _merged(tokens: tuple[str, ...], glossary: Glossary, known: Thesaurus) -> Iterator[Merged]:
    """Terms and everyday concepts by place, the longest of each kind; one where both cover the same words."""
    at = term_end = sense_end = 0
    while at < len(tokens):
        term = glossary.found(tokens, at)[:1] if at >= term_end else []
        sense = _longest(tokens, at, known) if at >= sense_end else None
        # Both in one mention: a statement may say it either way.
        if term and sense and term[0][0] == sense[0]:
            yield at, sense[0], ((term[0][1], 1), *sense[1]), calibration.GLOSSARY_WEIGHT
        else:
            if term:
                yield at, term[0][0], ((term[0][1], 1),), calibration.GLOSSARY_WEIGHT
            if sense:
                yield at, sense[0], sense[1], max(known.weights[name[1:]] for name, _ in sense[1])
        term_end = term[0][0] if term else term_end
        sense_end = sense[0] if sense else sense_end
        at += 1


def _longest(tokens: tuple[str, ...], at: int, known: Thesaurus) -> tuple[int, tuple[tuple[str, int], ...]] | None:
    forms = known.forms.get(tokens[at])
    if not forms:
        return None
    for length in range(min(known.longest, len(tokens) - at), 0, -1):
        senses = forms.get(tokens[at : at + length])
        if senses:
            return at + length, senses
    return None


def _plain(tokens: tuple[str, ...], start: int, end: int, reading: Reading, signs: Sequence[int]) -> Iterator[Mention]:
    """Words that no list knows, as they are; Han characters in pairs."""
    empty = listed("empty")
    for place in range(start, end):
        key = tokens[place]
        if key in empty:
            continue
        if not is_han(key):
            yield _mention(place, place + 1, reading, signs[place], ((key, 1),), calibration.WORD_WEIGHT)
        # In pairs that overlap, for want of a dictionary; a single character stands in too many words.
        elif place + 1 < end and is_han(tokens[place + 1]) and tokens[place + 1] not in empty:
            yield _mention(
                place, place + 2, reading, signs[place], ((key + tokens[place + 1], 1),), calibration.PAIR_WEIGHT
            )


def _mention(place: int, end: int, reading: Reading, sign: int, senses: Senses, weight: float) -> Mention:
    turned = senses if sign > 0 else _turned(senses, sign)
    return Mention(place, end, reading.tokens[place].clause, turned, weight)


@lru_cache(maxsize=4096)
def _turned(senses: Senses, by: int) -> Senses:
    return tuple((name, sign * by) for name, sign in senses)
