"""What is measured of a search among claims, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

BEYOND_CHANCE = 3
"""So many times what random vectors find."""
CLOSE, SAME = 0.05, 0.02
"""Of a share: five points of a hundred, and two."""
FEW = 1 / 5
"""Of what vectors miss: if shared words find no more than that, they are not needed."""
MOST = 4 / 5
"""Of the recall that unrounded vectors have."""
NEAR_ZERO = 0.1
"""Of a cosine."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to rank the claims, asked with the sentence that sets each right; shares of 1."""

    name: str
    recall_1: float
    """How often the claim that belongs to the sentence comes first."""
    recall_10: float
    """How often it is among the first ten."""
    unrelated: float
    """Mean score of a sentence with the claims that do not belong to it: a cosine, but for shared words."""
    bits: int
    """Of each number of a vector; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class SampleQuery:
    """A sentence, the claim that belongs to it, and what came first."""

    query: str
    right: str
    by_words: str
    by_mean: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A claim that was found, and its score."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """What comes first for the user's own query."""

    query: str
    by_mean: tuple[Hit, ...]
    by_words: tuple[Hit, ...]
    """None that share no word."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    family: str
    """Which says whose state `token` is: of [CLS] in an encoder, of the last token in a decoder."""
    claims: int
    width: int
    """Numbers of a vector."""
    ways: tuple[Way, ...]
    """Words, mean, both (words and mean, joined by their ranks), token, int8, bit, centred, random."""
    lead: float
    """Recall among the first ten, of the mean over that of shared words."""
    lead_low: float
    """The same in resampled pairs: 1 in 20 times it is lower than this."""
    lead_high: float
    """And 1 in 20 times higher than this."""
    missed: int
    """Claims that the mean does not bring among the first ten."""
    words_bring: int
    """Those of them that shared words do."""
    sample: SampleQuery
    search: Search | None
    """Of the user's own query."""

    def way(self, name: str) -> Way:
        """The way of that name."""
        return next(way for way in self.ways if way.name == name)

    @property
    def token_percent(self) -> float:
        """What one state finds among the first ten."""
        return 100 * self.way("token").recall_10

    @property
    def bit_percent(self) -> float:
        """What one bit a number finds among the first ten."""
        return 100 * self.way("bit").recall_10


def _ten(r: Result, *names: str) -> dict[str, str]:
    """Recall among the first ten, as text."""
    return {name: f"{r.way(name).recall_10:.0%}" for name in names}


def _of_encoders(r: Result, finding: Finding) -> Finding:
    """What is claimed of encoders that were trained to make sentence vectors: shown of a decoder, not judged."""
    return finding if r.family == "encoder" else finding._replace(holds=None, why="no-sentence-encoder")


def vectors_find_more(r: Result) -> Finding:
    mean, words, random = (r.way(name).recall_10 for name in ("mean", "words", "random"))
    figures = {"low": f"{100 * r.lead_low:+.0f}", "high": f"{100 * r.lead_high:+.0f}", "n": str(r.claims)}
    return _of_encoders(
        r,
        Finding(
            r.lead_low > 0 and mean >= BEYOND_CHANCE * random,
            f"{mean:.1%} − {words:.1%} = {100 * r.lead:+.1f} ({figures['low']} … {figures['high']}) > 0",
            figures=_ten(r, "mean", "words", "random") | figures,
        ),
    )


def words_are_superfluous(r: Result) -> Finding:
    return Finding(
        r.words_bring <= FEW * r.missed,
        f"{r.words_bring}/{r.missed} > {FEW:.0%} (N={r.claims})",
        figures={"missed": str(r.missed), "n": str(r.claims), "words": str(r.words_bring)},
    )


def one_state_does(r: Result) -> Finding:
    token, mean = r.way("token").recall_10, r.way("mean").recall_10
    return _of_encoders(
        r,
        Finding(
            token >= mean - CLOSE,
            f"{token:.1%} < {mean:.1%} − {CLOSE:.0%}",
            figures=_ten(r, "token", "mean"),
        ),
    )


def a_byte_costs_nothing(r: Result) -> Finding:
    byte, mean = r.way("int8"), r.way("mean")
    holds = byte.recall_1 >= mean.recall_1 - SAME and byte.recall_10 >= mean.recall_10 - SAME
    first = {"byte_1": f"{byte.recall_1:.0%}", "mean_1": f"{mean.recall_1:.0%}"}
    return Finding(
        holds,
        f"{byte.recall_1:.1%} / {byte.recall_10:.1%} ≥ {mean.recall_1:.1%} / {mean.recall_10:.1%} − {SAME:.0%}",
        figures=_ten(r, "int8", "mean") | first,
    )


def a_bit_keeps_most(r: Result) -> Finding:
    bit, mean = r.way("bit"), r.way("mean")
    sizes = {"bytes": f"{r.width * mean.bits // 8:,}", "small": f"{r.width * bit.bits // 8:,}"}
    return Finding(
        bit.recall_10 >= MOST * mean.recall_10,
        f"{bit.recall_10:.1%} ≥ {MOST:.0%} × {mean.recall_10:.1%} ({sizes['bytes']} → {sizes['small']} B)",
        figures=_ten(r, "bit", "mean") | sizes,
    )


def unrelated_is_zero(r: Result) -> Finding:
    mean, token, centred = (r.way(name).unrelated for name in ("mean", "token", "centred"))
    return Finding(
        max(abs(mean), abs(token)) <= NEAR_ZERO,
        f"cos {mean:.2f}, {token:.2f} > {NEAR_ZERO:g}",
        figures={"mean": f"{mean:.2f}", "token": f"{token:.2f}", "centred": f"{centred:z.2f}"},
    )


CLAIMS = findings.claims(
    vectors_find_more, words_are_superfluous, one_state_does, a_byte_costs_nothing, a_bit_keeps_most, unrelated_is_zero
)
