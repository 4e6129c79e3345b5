"""What is measured of retrieval by sentence vectors, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly
from llmquiz.demos.lab.quantities import Ratio, Times
from llmquiz.demos.lab.results import Passes
from llmquiz.demos.retrieval.vocabulary import NAME_AT

KEEPS_UP, BEHIND = 0.1, 0.02
"""Of a share: ten points of a hundred, and two."""
TOLD = 0.7
"""Share of meanings from which on a state is said to tell them."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """One model as an index: how often the paraphrase comes first among all sentences, or among the first ten."""

    name: str
    recall_1: float
    recall_10: float
    roles: float
    """Share of facts whose paraphrase is nearer than the sentence with giver and taker exchanged."""
    sense: float
    """The same for the sentence about the other thing of that name."""
    seeds: tuple[float, ...]
    """`recall_1` of every seed that was trained for the card."""
    steps: int
    losses: tuple[float, ...]
    """Over the training, the mean of these seeds."""
    learned_at: tuple[int, ...]
    """Of each seed, the step from which on the loss stays below `measure.LEARNED`; all steps where it does not."""


@dataclass(frozen=True, slots=True)
class EarlyStates:
    """One model on sentences that differ in the last word but the stop, which says what an early one means."""

    name: str
    pairs: int
    moved: int
    """Pairs in which the state of the early word is not the same, bit by bit."""
    gap: float
    """Largest difference of these states, relative to the largest number in them."""
    similar: float
    """Mean cosine of the two states of the early word."""
    told: tuple[float, ...]
    """Share of meanings that a linear probe tells from the state of each token; a guess is right in 0.5."""

    @property
    def at_the_word(self) -> float:
        """What is told from the state of the early word."""
        return self.told[NAME_AT]


@dataclass(frozen=True, slots=True)
class SampleQuery:
    """One query, the sentence that belongs to it, and what came first."""

    query: str
    right: str
    by_words: str
    by_model: tuple[str, ...]
    """Of each of the models."""


@dataclass(frozen=True, slots=True)
class QueryCost:
    """Of one query against an index that is there already."""

    candidates: int
    encoder: Passes
    decoder: Passes
    pairs: Passes
    """The query read beside each candidate, as a reranker does."""
    small: str
    large: str
    parameters: float
    """Of the large model over those of the small one."""
    encoder_times: Times
    """One query: the pass, then the search in the index."""
    decoder_times: Times
    search_times: Times
    """The search alone."""
    small_times: Times
    """A batch of queries through the decoder."""
    large_times: Times
    """The same through a decoder with many times the parameters."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found, and its similarity."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for a query, the nearest first."""

    query: str
    model: str
    searched: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; shares of 1."""

    device: str
    dtype: str
    model: str
    """All five are of this shape and size."""
    candidates: int
    overlap_1: float
    """By shared words, rare ones weighing more."""
    overlap_10: float
    models: tuple[TrainedModel, ...]
    """In the order of `sentence_vectors.READERS`."""
    early: tuple[EarlyStates, ...]
    """The encoder, the decoder, the decoder whose vector is a mean."""
    tokens: tuple[str, ...]
    """Of the sentences in which `early` looks."""
    sample: SampleQuery
    cost: Varies[QueryCost]
    same_size: Varies[Ratio]
    """Seconds of a query with the encoder over those with the decoder."""
    large_over_small: Varies[Ratio]
    overlap_percent: float
    early_percent: float
    """Meanings that a probe tells from the decoder's state of the early word."""
    pair_positions: int
    search: Search | None
    """Of the user's own query."""


def _recall(r: Result, name: str) -> float:
    return next(model.recall_1 for model in r.models if model.name == name)


def found_first(r: Result) -> Finding:
    encoder = _recall(r, "encoder")
    return Finding(
        encoder >= 0.75 and r.overlap_1 <= encoder / 2,
        f"{encoder:.1%} ≥ 75%, {r.overlap_1:.1%} (N={r.candidates:,})",
        figures={"encoder": f"{encoder:.0%}", "words": f"{r.overlap_1:.0%}", "n": f"{r.candidates:,}"},
    )


def raw_vectors(r: Result) -> Finding:
    """They would do if they found nine in ten of what the trained ones find."""
    encoder, raw = _recall(r, "encoder"), _recall(r, "encoder-raw")
    return Finding(
        raw >= 0.9 * encoder,
        f"{raw:.1%} < {encoder:.1%}",
        figures={"raw": f"{raw:.0%}", "encoder": f"{encoder:.0%}"},
    )


def mask_keeps_up(r: Result) -> Finding:
    encoder, decoder = _recall(r, "encoder"), _recall(r, "decoder-mean")
    return Finding(
        decoder >= encoder - KEEPS_UP,
        f"{decoder:.1%} ≥ {encoder:.1%} − {KEEPS_UP:.0%}",
        figures={"decoder": f"{decoder:.0%}", "encoder": f"{encoder:.0%}"},
    )


def last_state(r: Result) -> Finding:
    last, mean, unmasked = (_recall(r, name) for name in ("decoder", "decoder-mean", "encoder-last"))
    return Finding(
        last <= min(mean, unmasked) - BEHIND,
        f"{last:.1%} ≤ {mean:.1%} − {BEHIND:.0%}; {last:.1%} ≤ {unmasked:.1%} − {BEHIND:.0%}",
        figures={"last": f"{last:.0%}", "mean": f"{mean:.0%}", "unmasked": f"{unmasked:.0%}"},
    )


def same_state(r: Result) -> Finding:
    encoder, *decoders = r.early
    holds = all(decoder.moved == 0 and decoder.gap == 0 for decoder in decoders) and encoder.moved == encoder.pairs
    moved = " / ".join(f"{states.moved} ({states.gap:.2g})" for states in (*decoders, encoder))
    figures = {
        "decoder": str(max(decoder.moved for decoder in decoders)),
        "encoder": str(encoder.moved),
        "pairs": str(encoder.pairs),
    }
    return exactly(r.dtype, holds, f"{moved}, N={encoder.pairs}")._replace(figures=figures)


def early_guess(r: Result) -> Finding:
    encoder, *decoders = (states.at_the_word for states in r.early)
    holds = encoder >= TOLD and all(decoder == 0.5 for decoder in decoders)
    measured = f"{' / '.join(f'{share:.1%}' for share in decoders)}; {encoder:.1%} ≥ {TOLD:.0%}"
    figures = {"decoder": f"{decoders[0]:.0%}", "encoder": f"{encoder:.0%}"}
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def one_pass(r: Result) -> Finding:
    c, T = r.cost, len(r.tokens)
    return Finding(
        c.encoder == c.decoder == Passes(1, T) and c.pairs.positions == 2 * T * c.candidates,
        f"{c.encoder.positions} = {c.decoder.positions}; {c.pairs.positions:,}",
        figures={
            "encoder": str(c.encoder.positions),
            "decoder": str(c.decoder.positions),
            "pairs": f"{c.pairs.positions:,}",
        },
    )


def size_costs(r: Result) -> Finding:
    """Not the mask: neither of the two of one size takes half as long again as the other."""
    large = r.large_over_small.reaches(5)
    finding = Finding(
        None,
        f"{r.same_size} < 1.5; {r.large_over_small} ≥ 5 (×{r.cost.parameters:.0f})",
        figures={
            "same": f"{r.same_size.value:.1f}",
            "large": f"{r.large_over_small.value:.0f}",
            "parameters": f"{r.cost.parameters:.0f}",
        },
    )
    slower = (r.same_size.reaches(1.5), r.same_size.reaches(1 / 1.5))
    if large is None or None in slower:
        return finding._replace(why="too-noisy")
    if r.device != "cpu" and not large:
        return finding._replace(why="start-bound")
    return finding._replace(holds=large and slower == (False, True))


CLAIMS = findings.claims(
    found_first,
    raw_vectors,
    mask_keeps_up,
    last_state,
    same_state,
    early_guess,
    one_pass,
    size_costs,
)
