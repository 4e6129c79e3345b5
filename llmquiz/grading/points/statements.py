"""How far a few clauses of an answer say what a statement says: what both speak of, with the same sign and subject."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from llmquiz.grading import calibration
from llmquiz.grading.points.concepts import Mention, mentions
from llmquiz.grading.points.cues import Index
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.polarity import polarity
from llmquiz.grading.text.read import read

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
    places: tuple[tuple[int, int], ...]
    """The tokens that were found, as ranges."""
    slots: int
    """Of how many slots."""
    sentences: int
    """Over how many sentences the window goes."""

    @property
    def score(self) -> float:
        """What windows compete by."""
        return _score(self.share, self.conflict, self.window[1] - self.window[0])


Places = dict[str, list[tuple[int, int, tuple[int, int], frozenset[str]]]]
"""For each name the clauses that speak of it: the clause, the sign, the tokens, the rivals that it is said of."""
NOWHERE = Fit(0.0, 0.0, 0, 0.0, (0, 0), (), 1, 1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The statements of one question, and the things that it sets against each other."""

    statements: tuple[Statement, ...]
    rivals: frozenset[str]
    known: frozenset[str]
    """Everything that the question's own texts speak of."""


@lru_cache(maxsize=512)
def prepare(texts: tuple[str, ...], prompts: tuple[str, ...], glossary: Glossary) -> Prepared:
    """The statements of one question; what many of them speak of weighs less, what the question names itself too."""
    listed = [_mentioned(text, glossary) for text in texts]
    rivals = _rivals(listed)
    seen = Counter(
        name for mentioned in listed for name in {name for mention in mentioned for name, _ in mention.senses}
    )
    asked = {name for prompt in prompts for mention in _mentioned(prompt, glossary) for name, _ in mention.senses}
    known = frozenset(seen) | frozenset(asked)
    return Prepared(tuple(_statement(mentioned, seen, asked, rivals) for mentioned in listed), rivals, known)


def _mentioned(text: str, glossary: Glossary) -> list[Mention]:
    reading = read(text)
    return mentions(reading, polarity(reading), glossary)


def _rivals(listed: Sequence[Sequence[Mention]]) -> frozenset[str]:
    """The rivals that this question sets against each other."""
    names = {name for mentioned in listed for mention in mentioned for name, _ in mention.senses}
    return frozenset(name for rivals in RIVALS if len(rivals & names) > 1 for name in rivals)


def _statement(mentioned: Sequence[Mention], seen: Counter[str], asked: set[str], rivals: frozenset[str]) -> Statement:
    slots = []
    subjects = subjects_by_clause(mentioned, rivals)
    unique = 0.0
    for mention in mentioned:
        # Each statement is here in two languages: a name that is seen twice is its own.
        often = min(seen[name] for name, _ in mention.senses)
        weight = mention.weight / math.sqrt(max(1.0, often / 2))
        if any(name in asked for name, _ in mention.senses):
            weight *= calibration.ASKED_WEIGHT
        slots.append(Slot(mention.senses, weight, subjects.get(mention.clause, frozenset()), often <= 2))
        unique += weight if often <= 2 else 0.0
    return Statement(tuple(slots), sum(slot.weight for slot in slots) or 1.0, unique or 1.0)


def subjects_by_clause(mentioned: Sequence[Mention], rivals: frozenset[str]) -> dict[int, frozenset[str]]:
    """Which rivals each clause speaks of; a clause that names none goes on about the last ones named."""
    named: dict[int, set[str]] = {}
    clauses = sorted({mention.clause for mention in mentioned})
    for mention in mentioned:
        named.setdefault(mention.clause, set()).update(name for name, _ in mention.senses if name in rivals)
    subjects: dict[int, frozenset[str]] = {}
    last: frozenset[str] = frozenset()
    for clause in clauses:
        last = frozenset(named[clause]) or last
        subjects[clause] = last
    return subjects


class AnswerMentions:
    """An answer ready to be compared with statements."""

    def __init__(self, index: Index, blank: frozenset[int], prepared: Prepared) -> None:
        tokens = index.reading.tokens
        mentioned = mentions(index.reading, index.polarity, index.glossary)
        mentioned = [mention for mention in mentioned if mention.clause not in blank]
        subjects = subjects_by_clause(mentioned, prepared.rivals)
        known = prepared.known
        self.where: Places = {}
        self.sentence = {token.clause: token.sentence for token in tokens}
        self.refuted = index.polarity.refuted_clauses
        self.sizes: Counter[int] = Counter()
        self.strange: Counter[int] = Counter()
        self.found: dict[tuple[int, frozenset[int]], _Matched] = {}
        for mention in mentioned:
            self.sizes[mention.clause] += 1
            self.strange[mention.clause] += all(name not in known and name[0] not in "@~" for name, _ in mention.senses)
            for name, sign in mention.senses:
                about = subjects[mention.clause]
                self.where.setdefault(name, []).append((mention.clause, sign, (mention.place, mention.end), about))

    def fit(self, statement: Statement, without: frozenset[int] = frozenset()) -> Fit:
        """The window that fits best; clauses in `without` are not read."""
        matched = self._matched(statement, without)
        best, window = 0.0, None
        for at, first in enumerate(matched.clauses):
            # From each clause on, the window grows clause by clause, as far as the next sentence.
            good = bad = turned = 0
            most = -1.0
            for last in matched.clauses[at : at + WINDOW]:
                if last >= first + WINDOW or self.sentence[last] > self.sentence[first] + 1:
                    break
                context, against = matched.good.get(last, 0), matched.bad.get(last, 0)
                good, bad = good | context, bad | against
                # What the weightiest clause turns into its opposite is no credit, as in `sums`.
                if matched.core[last] > most:
                    most, turned = matched.core[last], against & ~context
                share = matched.share(good & ~turned)
                if share > best:  # a conflict only takes away
                    score = _score(share, matched.share(turned | (bad & ~good)), last - first)
                    if score > best:
                        best, window = score, (first, last)
        return matched.fit(window, self.sentence[window[1]] - self.sentence[window[0]] + 1) if window else NOWHERE

    def fit_at(self, statement: Statement, window: tuple[int, int]) -> float:
        """How well one window fits another statement, as `Fit.score`."""
        share, conflict, _ = self._matched(statement, frozenset()).sums(*window)
        return _score(share, conflict, window[1] - window[0])

    def alien(self, window: tuple[int, int]) -> float:
        """The share of what a window speaks of that neither the question nor the field's lists know."""
        clauses = range(window[0], window[1] + 1)
        return sum(self.strange[clause] for clause in clauses) / max(1, sum(self.sizes[clause] for clause in clauses))

    def _matched(self, statement: Statement, without: frozenset[int]) -> _Matched:
        # By identity, since hashing its slots costs more; _Matched keeps it alive, so no other gets its id.
        known = self.found.get((id(statement), without))
        if known is None:
            known = self.found[id(statement), without] = _Matched(statement, self.where, without)
        return known


class _Matched:
    """Where a statement's slots are found; sets of slots are bits of a number, so that windows are added up fast."""

    def __init__(self, statement: Statement, where: Places, without: frozenset[int]) -> None:
        self.statement = statement
        self.places: dict[tuple[int, int], tuple[int, int]] = {}
        self.good: dict[int, int] = defaultdict(int)
        self.bad: dict[int, int] = defaultdict(int)
        for number, slot in enumerate(statement.slots):
            for name, sign in slot.senses:
                for clause, its_sign, place, about in where.get(name, ()):
                    if clause in without:
                        continue
                    agree = its_sign == sign or not its_sign or not sign
                    # Said of another rival it is no agreement: what holds of prefill is not said of decoding.
                    if agree and not (slot.subjects and about and not slot.subjects & about):
                        self.good[clause] |= 1 << number
                        self.places.setdefault((number, clause), place)
                    else:
                        self.bad[clause] |= 1 << number
        self.clauses = sorted({*self.good, *self.bad})
        self.weights = [slot.weight / statement.total for slot in statement.slots]
        self.shares: dict[int, float] = {0: 0.0}
        self.core = {clause: self.share(self.good.get(clause, 0)) for clause in self.clauses}

    def sums(self, first: int, last: int) -> tuple[float, float, int]:
        """The shares found and turned into the opposite in a window, and the slots found.

        What the main clause turns into its opposite is no credit, wherever else the word stands.
        """
        good = bad = 0
        heaviest, most = first, -1.0
        for clause in range(first, last + 1):
            if clause in self.core:
                good |= self.good.get(clause, 0)
                bad |= self.bad.get(clause, 0)
                if self.core[clause] > most:
                    heaviest, most = clause, self.core[clause]
        turned = self.bad.get(heaviest, 0) & ~self.good.get(heaviest, 0)
        agreeing = good & ~turned
        return self.share(agreeing), self.share(turned | (bad & ~good)), agreeing

    def fit(self, window: tuple[int, int], sentences: int) -> Fit:
        """Everything about one window."""
        share, conflict, agreeing = self.sums(*window)
        slots = [number for number in range(len(self.statement.slots)) if agreeing >> number & 1]
        unique = sum(self.statement.slots[number].weight for number in slots if self.statement.slots[number].unique)
        clauses = range(window[0], window[1] + 1)
        places = {next(self.places[n, clause] for clause in clauses if (n, clause) in self.places) for n in slots}
        own = self.statement
        found_places = tuple(sorted(places))
        return Fit(share, conflict, len(slots), unique / own.unique, window, found_places, len(own.slots), sentences)

    def share(self, slots: int) -> float:
        """The share of the statement's weight that a set of slots has."""
        known = self.shares.get(slots)
        if known is None:
            # Without its lowest bit: a set that other windows have added up already.
            rest = slots & (slots - 1)
            known = self.shares[slots] = self.share(rest) + self.weights[(slots ^ rest).bit_length() - 1]
        return known


def _score(share: float, conflict: float, width: int) -> float:
    """What windows compete by: shorter ones win a tie."""
    return share - calibration.CONFLICT_COST * conflict - calibration.WIDTH_COST * width
