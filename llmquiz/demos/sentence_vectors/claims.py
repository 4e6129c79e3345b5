"""What is measured of sentence vectors, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.sentence_vectors.sentences import DIFFER, KINDS

TELLS = 0.9
"""From this AUC on a cosine counts as telling two kinds of pairs apart; 0.5 is a coin."""
MOST, MORE = 3 / 4, 2 / 3
"""Shares of the sentences."""
SAME = 0.98
"""From this cosine on two vectors count as the same."""


@dataclass(frozen=True, slots=True)
class Variants:
    """All sentences beside their variants of one kind; cosines in the order of the sentences."""

    kind: str
    """A field of `sentences.Family`."""
    cosines: tuple[float, ...]
    bag: tuple[float, ...]
    """The same with the mean of the input embeddings, which knows no order and no context."""

    @property
    def mean(self) -> float:
        """The mean cosine."""
        return fmean(self.cosines)

    @property
    def bag_mean(self) -> float:
        """The mean cosine of the bags of words."""
        return fmean(self.bag)


@dataclass(frozen=True, slots=True)
class Hit:
    """What comes first for a question, of all variants of all sentences."""

    question: str
    kind: str
    text: str
    cosine: float
    own: bool
    """Whether it is of the sentence that the question asks about."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    sample: tuple[str, ...]
    """The first sentence and its variants, in the order of `variants`."""
    variants: tuple[Variants, ...]
    """Paraphrase, synonym, negation, swap, number."""
    others: float
    """Mean cosine of a sentence with the paraphrases of all others."""
    bag_others: float
    topic_auc: float
    """How often the own paraphrase is nearer than that of another sentence, over all pairs of such cosines."""
    bag_topic_auc: float
    agree_auc: float
    """How often a variant that agrees is nearer than one that does not, over all pairs of such cosines."""
    bag_agree_auc: float
    shuffled: float
    """Mean cosine of a sentence with its own words in random order."""
    hits: tuple[Hit, ...]

    @property
    def sentences(self) -> int:
        """How many there are."""
        return len(self.hits)

    def of(self, kind: str) -> Variants:
        """The variants of one kind."""
        return next(variants for variants in self.variants if variants.kind == kind)

    def nearer(self, kind: str) -> int:
        """Sentences to which the variant of this kind is nearer than the paraphrase."""
        pairs = zip(self.of(kind).cosines, self.of("paraphrase").cosines, strict=True)
        return sum(cosine > paraphrase for cosine, paraphrase in pairs)

    @property
    def negation_percent(self) -> float:
        """Sentences to which the negation is nearer than the paraphrase, in percent."""
        return 100 * self.nearer("negation") / self.sentences

    @property
    def swap_distance(self) -> float:
        """1 − cosine of a sentence and its swap, the mean."""
        return 1 - self.of("swap").mean

    @property
    def false_hits(self) -> int:
        """Questions for which something comes first that denies or changes what is asked."""
        return sum(hit.kind in DIFFER for hit in self.hits)


def topic_is_seen(r: Result) -> Finding:
    paraphrase = r.of("paraphrase").mean
    return Finding(
        r.topic_auc >= TELLS,
        f"{paraphrase:.2f} > {r.others:.2f}, AUC {r.topic_auc:.3f} ≥ {TELLS:g}",
        figures={
            "paraphrase": f"{paraphrase:.2f}",
            "others": f"{r.others:.2f}",
            "auc": f"{r.topic_auc:.2f}",
            "bag": f"{r.bag_topic_auc:.2f}",
        },
    )


def roles_are_lost(r: Result) -> Finding:
    swaps, numbers, n = r.nearer("swap"), r.nearer("number"), r.sentences
    return Finding(
        min(swaps, numbers) >= MORE * n,
        f"{swaps}/{n}, {numbers}/{n} ≥ 2/3",
        figures={
            "swaps": str(swaps),
            "numbers": str(numbers),
            "n": str(n),
            "swap": f"{r.of('swap').mean:.2f}",
            "number": f"{r.of('number').mean:.2f}",
            "paraphrase": f"{r.of('paraphrase').mean:.2f}",
        },
    )


def negation_is_far(r: Result) -> Finding:
    n = r.sentences
    farther = n - r.nearer("negation")
    return Finding(
        farther >= MOST * n,
        f"{farther}/{n} < {MOST * n:g}/{n}",
        figures={
            "farther": str(farther),
            "n": str(n),
            "negation": f"{r.of('negation').mean:.2f}",
            "paraphrase": f"{r.of('paraphrase').mean:.2f}",
        },
    )


def cosine_is_agreement(r: Result) -> Finding:
    return Finding(
        r.agree_auc >= TELLS,
        f"AUC {r.agree_auc:.2f} < {TELLS:g}",
        figures={"auc": f"{r.agree_auc:.2f}", "bag": f"{r.bag_agree_auc:.2f}"},
    )


def false_comes_first(r: Result) -> Finding:
    own = sum(hit.own for hit in r.hits)
    blind = r.sentences * len(DIFFER) / len(KINDS)
    return Finding(
        r.false_hits >= r.sentences / 2,
        f"{r.false_hits}/{r.sentences} ≥ 1/2 ({len(DIFFER)}/{len(KINDS)}: {blind:.1f})",
        figures={"false": str(r.false_hits), "n": str(r.sentences), "own": str(own), "blind": f"{blind:.1f}"},
    )


def bag_of_words(r: Result) -> Finding:
    swap = r.of("swap").mean
    return Finding(
        r.shuffled >= SAME,
        f"{r.shuffled:.3f} < {SAME:g}",
        figures={"shuffled": f"{r.shuffled:.2f}", "swap": f"{swap:.2f}"},
    )


CLAIMS = findings.claims(
    topic_is_seen, roles_are_lost, negation_is_far, cosine_is_agreement, false_comes_first, bag_of_words
)
