"""How far a few clauses of an answer say what a statement says: what both speak of, with the same sign and subject."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from llmquiz.grading.concepts import Mention, mentions
from llmquiz.grading.cues import Index
from llmquiz.grading.glossary import Glossary
from llmquiz.grading.polarity import polarity
from llmquiz.grading.text import read

WINDOW = 4
"""Clauses that are read together at most."""

RIVALS: tuple[frozenset[str], ...] = (
    frozenset({"@encoder", "@decoder", "@encoder-decoder", "@decoder-only", "@encoder-only", "bert", "gpt", "t5"}),
    frozenset({"@prefill", "@decode-phase"}),
    frozenset({"@mha", "@mqa", "@gqa", "@mla"}),
    frozenset({"@rlhf", "@dpo"}),
    frozenset({"@mlm", "@causal-lm", "@span-corruption"}),
    frozenset({"~teacher_t", "~student_t"}),
    frozenset({"pre", "post"}),
    frozenset({"@data-parallelism", "@tensor-parallelism", "@pipeline-parallelism"}),
)
"""Things that questions set against each other: what is said of one is not said of the other."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a statement speaks of."""

    senses: tuple[tuple[str, int], ...]
    weight: float
    subjects: frozenset[str]
    unique: bool
    """No more than its own two languages' statements speak of it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in one language, as slots to find in an answer."""

    slots: tuple[Slot, ...]
    total: float
    unique: float
    """Weight of the slots that no other statement of the question has."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a window of clauses fits a statement; shares are of the statement's weight."""

    share: float
    conflict: float
    count: int
    unique: float
    window: tuple[int, int]
    places: tuple[int, ...]

    @property
    def score(self) -> float:
        """What windows compete by: shorter ones win a tie."""
        return self.share - 0.6 * self.conflict - 0.015 * (self.window[1] - self.window[0])


NOWHERE = Fit(0.0, 0.0, 0, 0.0, (0, 0), ())


@dataclass(frozen=True, slots=True)
class Prepared:
    """The statements of one question, and the things that it sets against each other."""

    statements: tuple[Statement, ...]
    rivals: frozenset[str]
    known: frozenset[str]
    """Everything that the question's own texts speak of."""


def prepare(texts: Sequence[str], prompts: Sequence[str], glossary: Glossary) -> Prepared:
    """The statements of one question; what many of them speak of weighs less, what the question names itself too."""
    listed = [_mentioned(text, glossary) for text in texts]
    rivals = _rivals(listed)
    seen = Counter(name for found in listed for name in {name for mention in found for name, _ in mention.senses})
    asked = {name for prompt in prompts for mention in _mentioned(prompt, glossary) for name, _ in mention.senses}
    known = frozenset(seen) | frozenset(asked)
    return Prepared(tuple(_statement(found, seen, asked, rivals) for found in listed), rivals, known)


def _mentioned(text: str, glossary: Glossary) -> list[Mention]:
    reading = read(text)
    return mentions(reading, polarity(reading), glossary)


def _rivals(listed: Sequence[Sequence[Mention]]) -> frozenset[str]:
    """The rivals that this question sets against each other."""
    names = {name for found in listed for mention in found for name, _ in mention.senses}
    return frozenset(name for rivals in RIVALS if len(rivals & names) > 1 for name in rivals)


def _statement(found: Sequence[Mention], seen: Counter[str], asked: set[str], rivals: frozenset[str]) -> Statement:
    slots = []
    subjects = subjects_by_clause(found, rivals)
    unique = 0.0
    for mention in found:
        often = min(seen[name] for name, _ in mention.senses)
        weight = mention.weight / math.sqrt(max(1.0, often / 2))
        if any(name in asked for name, _ in mention.senses):
            weight *= 0.5
        slots.append(Slot(mention.senses, weight, subjects.get(mention.clause, frozenset()), often <= 2))
        unique += weight if often <= 2 else 0.0
    return Statement(tuple(slots), sum(slot.weight for slot in slots) or 1.0, unique or 1.0)


def subjects_by_clause(found: Sequence[Mention], rivals: frozenset[str]) -> dict[int, frozenset[str]]:
    """Which rivals each clause speaks of; a clause that names none goes on about the last ones named."""
    named: dict[int, set[str]] = {}
    clauses = sorted({mention.clause for mention in found})
    for mention in found:
        named.setdefault(mention.clause, set()).update(name for name, _ in mention.senses if name in rivals)
    subjects: dict[int, frozenset[str]] = {}
    last: frozenset[str] = frozenset()
    for clause in clauses:
        last = frozenset(named[clause]) or last
        subjects[clause] = last
    return subjects


class Said:
    """An answer ready to be compared with statements."""

    def __init__(self, index: Index, blank: frozenset[int], prepared: Prepared) -> None:
        tokens = index.reading.tokens
        found = mentions(index.reading, index.polarity, index.glossary)
        found = [mention for mention in found if mention.clause not in blank]
        subjects = subjects_by_clause(found, prepared.rivals)
        known = prepared.known
        self.where: dict[str, list[tuple[int, int, int, frozenset[str]]]] = {}
        self.sentence = {token.clause: token.sentence for token in tokens}
        self.refuted = index.polarity.refuted_clauses
        self.sizes: Counter[int] = Counter()
        self.strange: Counter[int] = Counter()
        self.found: dict[tuple[int, frozenset[int]], list[tuple[dict[int, int], set[int]]]] = {}
        for mention in found:
            self.sizes[mention.clause] += 1
            self.strange[mention.clause] += all(name not in known and name[0] not in "@~" for name, _ in mention.senses)
            for name, sign in mention.senses:
                about = subjects[mention.clause]
                self.where.setdefault(name, []).append((mention.clause, sign, mention.place, about))

    def fit(self, statement: Statement, without: frozenset[int] = frozenset()) -> Fit:
        """The window that fits best; clauses in `without` are not read."""
        matched = self._matched(statement, without)
        clauses = sorted({clause for good, bad in matched for clause in (*good, *bad)})
        best = NOWHERE
        for first in clauses:
            for last in clauses:
                if not first <= last < first + WINDOW or self.sentence[last] > self.sentence[first] + 1:
                    continue
                one = _window(statement, matched, first, last)
                if one.score > best.score:
                    best = one
        return best

    def alien(self, window: tuple[int, int]) -> float:
        """The share of what a window speaks of that neither the question nor the field's lists know."""
        clauses = range(window[0], window[1] + 1)
        return sum(self.strange[clause] for clause in clauses) / max(1, sum(self.sizes[clause] for clause in clauses))

    def fit_at(self, statement: Statement, window: tuple[int, int]) -> Fit:
        """How well one window fits another statement."""
        return _window(statement, self._matched(statement, frozenset()), *window)

    def _matched(self, statement: Statement, without: frozenset[int]) -> list[tuple[dict[int, int], set[int]]]:
        known = self.found.get((id(statement), without))
        if known is None:
            known = self.found[id(statement), without] = [self._slot(slot, without) for slot in statement.slots]
        return known

    def _slot(self, slot: Slot, without: frozenset[int]) -> tuple[dict[int, int], set[int]]:
        """Clauses where the slot is found, with the place; and where its opposite is, or the like of a rival."""
        good: dict[int, int] = {}
        bad: set[int] = set()
        for name, sign in slot.senses:
            for clause, said, place, about in self.where.get(name, ()):
                if clause in without:
                    continue
                if (said == sign or not said or not sign) and not (slot.subjects and about and not slot.subjects & about):
                    good.setdefault(clause, place)
                else:
                    bad.add(clause)
        return good, bad


def _window(statement: Statement, matched: list[tuple[dict[int, int], set[int]]], first: int, last: int) -> Fit:
    """What of the statement stands in a window; what its main clause turns into the opposite is a conflict."""
    by_clause: dict[int, float] = defaultdict(float)
    for slot, (good, _) in zip(statement.slots, matched, strict=True):
        for clause in good:
            if first <= clause <= last:
                by_clause[clause] += slot.weight
    core = max(by_clause, key=by_clause.__getitem__, default=first)
    share = conflict = unique = 0.0
    places = []
    for slot, (good, bad) in zip(statement.slots, matched, strict=True):
        place = next((place for clause, place in good.items() if first <= clause <= last), None)
        if core in bad and core not in good:
            conflict += slot.weight
        elif place is not None:
            share += slot.weight
            unique += slot.weight * slot.unique
            places.append(place)
        elif any(first <= clause <= last for clause in bad):
            conflict += slot.weight
    total = statement.total
    return Fit(share / total, conflict / total, len(places), unique / statement.unique, (first, last), tuple(sorted(places)))
