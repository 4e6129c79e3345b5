"""Phrasings that an author accepts for a cell or a term, and how they are found in a short answer.

`+` joins parts that must all stand in one sentence, in any order; `/` separates alternatives of a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.polarity import Polarity, negations, polarity
from llmquiz.grading.text.read import Reading, keys, read

Part = tuple[str, ...]
"""Alternatives of one part of a phrasing, as they were written."""


@lru_cache(maxsize=8192)
def parts(phrasing: str) -> tuple[Part, ...]:
    """The parts of a phrasing, each a tuple of its alternatives."""
    return tuple(tuple(word.strip() for word in part.split("/") if word.strip()) for part in phrasing.split("+"))


@lru_cache(maxsize=8192)
def holds_negation(phrasing: str) -> bool:
    """Whether the phrasing itself says "not": a negation in the answer then belongs to it."""
    return bool(negations(read(phrasing).folded))


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrasing found in an answer, as ranges of tokens."""

    phrasing: str
    ranges: tuple[tuple[int, int], ...]
    denied: bool


@dataclass(frozen=True, slots=True)
class Index:
    """An answer made ready for the search of phrasings: from each place, the words and terms that begin there."""

    reading: Reading
    polarity: Polarity
    glossary: Glossary
    steps: tuple[dict[str, int], ...]
    """For each token the words and terms that begin there, with the place after them."""
    places: dict[str, list[int]]
    slips: dict[str, str]
    """Words of the answer with one letter left out."""
    found: dict[str, list[tuple[int, int]]]
    """What was looked for already, and where it stands: phrasings share many words."""

    @classmethod
    def of(cls, reading: Reading, glossary: Glossary) -> Index:
        """The index of a reading; each token costs the same."""
        tokens = tuple(token.key for token in reading.tokens)
        steps: list[dict[str, int]] = []
        places: dict[str, list[int]] = {}
        for place, key in enumerate(tokens):
            # Longest last: of one term the longest form counts.
            step = {term: end for end, term in reversed(glossary.found(tokens, place))}
            step[key] = place + 1
            steps.append(step)
            for name in step:
                places.setdefault(name, []).append(place)
        # In a short word one letter less or more makes another word.
        long = {key for key in places if len(key) >= 6 and key.isalpha() and key.isascii()}
        slips = {left: key for key in long for left in _one_left_out(key)} | {key: key for key in long}
        return cls(reading, polarity(reading), glossary, tuple(steps), places, slips, {})

    def find(self, wanted: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Ranges of tokens that read `wanted`, each inside one sentence."""
        tokens = self.reading.tokens
        for first in self.places.get(self._spelt(wanted[0]), ()):
            place: int | None = first
            for key in wanted:
                key = self._spelt(key)
                place = self.steps[place].get(key) if place is not None and place < len(self.steps) else None
                if place is None:
                    break
            if place is not None and tokens[first].sentence == tokens[place - 1].sentence:
                yield first, place

    def _spelt(self, key: str) -> str:
        """The word of the answer that is `key` with one slip of the fingers, else `key`."""
        if key in self.places or len(key) < 6 or not key.isalpha() or not self.slips:
            return key
        near = self.slips.get(key) or next((self.slips[left] for left in _one_left_out(key) if left in self.slips), key)
        return near if near[0] == key[0] and abs(len(near) - len(key)) <= 1 else key

    def find_text(self, words: str) -> list[tuple[int, int]]:
        """Ranges that read `words` as they are written or by the terms that they name."""
        known = self.found.get(words)
        if known is None:
            known = self.found[words] = []
            for form in _forms(self.glossary, words):
                known += [hit for hit in self.find(form) if hit not in known]
        return known

    def denies(self, place: int) -> bool:
        """Whether the token at `place` is denied, by a "not" or because its clause is refuted."""
        return self.polarity.denied[place] or self.reading.tokens[place].clause in self.polarity.refuted_clauses

    def hits(self, phrasings: Iterable[str]) -> Iterator[Hit]:
        """Every phrasing found, with whether what it says is denied there."""
        for phrasing in phrasings:
            yield from self._hits(phrasing)

    def _hits(self, phrasing: str) -> Iterator[Hit]:
        tokens = self.reading.tokens
        # Part by part, sentences that lack one fall away; what is left holds all of them.
        by_sentence: dict[int, list[tuple[int, int]]] | None = None
        for part in parts(phrasing):
            context: dict[int, list[tuple[int, int]]] = {}
            for words in part:
                for ranges_ in self.find_text(words):
                    sentence = tokens[ranges_[0]].sentence
                    if by_sentence is None or sentence in by_sentence:
                        context.setdefault(sentence, []).append(ranges_)
            if not context:
                return
            if by_sentence is None:
                by_sentence = {sentence: [self._best(ranges_)] for sentence, ranges_ in context.items()}
            else:
                by_sentence = {s: [*by_sentence[s], self._best(ranges_)] for s, ranges_ in context.items()}
        for ranges in (by_sentence or {}).values():
            yield Hit(phrasing, tuple(ranges), self._denied(phrasing, ranges))

    def _best(self, places: list[tuple[int, int]]) -> tuple[int, int]:
        """One that is not denied, where there is one."""
        return next((place for place in places if not self.denies(place[0])), places[0])

    def _denied(self, phrasing: str, ranges: list[tuple[int, int]]) -> bool:
        tokens, polarity = self.reading.tokens, self.polarity
        clauses = {tokens[start].clause for start, _ in ranges}
        if clauses & polarity.refuted_clauses:
            return True
        if holds_negation(phrasing):  # a "not" there is what the phrasing asks for
            return False
        return any(polarity.denied[start] for start, _ in ranges) or clauses <= polarity.negated_clauses


@lru_cache(maxsize=16384)
def _forms(glossary: Glossary, words: str) -> tuple[tuple[str, ...], ...]:
    """Tokens to look for: as they are written, and by the terms that they name."""
    written = keys(words)
    return tuple(dict.fromkeys((written, glossary.canonical(written)))) if written else ()


def _one_left_out(word: str) -> list[str]:
    # Never the first letter, by which words differ most.
    return [word[:place] + word[place + 1 :] for place in range(1, len(word))]
