"""What the measurements that demos share come to, as values; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio


@dataclass(frozen=True, slots=True)
class SameText:
    """One text written in three ways."""

    prompt: int
    new: int
    tokens: tuple[int, ...]
    """What the model wrote with the cache."""
    equal: int
    """So many of them are those written without a cache."""
    gap: float
    """Largest difference between the logits with and without the cache, relative to the largest logit."""
    positions_with: int
    positions_without: int
    empty_start_equal: int
    """Tokens that come out right where the cache starts empty and only the prompt's last token is fed."""
    empty_start_gap: float
    """Difference of its first logits, as `gap`."""
    cache_bytes: int
    cache_bytes_formula: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of decoding without a cache over seconds with one."""

    total: Varies[Ratio]
    last: Varies[Ratio]
    """Over the last ten tokens."""
    seconds_with: Varies[tuple[float, ...]]
    """Median of each step."""
    seconds_without: Varies[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class SecondQuestion:
    """A question on a context whose keys and values are still there."""

    context: int
    question: int
    positions: int
    """Computed for it."""
    gap: float
    """From the logits of reading everything again, as in SameText."""
    speedup: Varies[Ratio]


@dataclass(frozen=True, slots=True)
class TwoCaches:
    """An encoder–decoder after `target` steps on `source` tokens."""

    source: int
    target: int
    layers: int
    """Of the decoder; the encoder has as many."""
    self_bytes: int
    self_bytes_formula: int
    cross_bytes: int
    cross_bytes_formula: int
    cross_positions: int
    """Positions for which cross-attention keys were computed, over all layers and steps."""
    same_depth_bytes: int
    """What a decoder with as many layers in all keeps for source and target together."""
    gap: float
    """Step by step against one pass, relative to the largest logit."""


@dataclass(frozen=True, slots=True)
class Overtaking:
    """Where the cache of a model outgrows its weights."""

    name: str
    weight_bytes: int
    token_bytes: int
    """What the cache grows by with every token of a sequence."""
    tokens: int
    """The first number of tokens, over all sequences of a batch, whose cache takes at least what the weights take."""


@dataclass(frozen=True, slots=True)
class Score:
    """Of one model on the exam."""

    loss: float
    """Expected, in nats a token."""
    right: float
    """Share of tokens where the model's first choice is the language's."""
    in_a_row: tuple[float, ...]
    """Share of stretches where that is so at every token; one for each of `ladder.LENGTHS`."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One size at one amount of data."""

    name: str
    parameters: int
    """N, the shared embedding counted once."""
    without_embedding: int
    """As Kaplan counts."""
    tokens: int
    """D."""
    scores: tuple[Score, ...]
    """The weights of this run first, then the further seeds of the card."""

    @property
    def mean_loss(self) -> float:
        """Over the seeds."""
        return sum(score.loss for score in self.scores) / len(self.scores)

    @property
    def mean_right(self) -> float:
        """Over the seeds."""
        return sum(score.right for score in self.scores) / len(self.scores)


@dataclass(frozen=True, slots=True)
class Passes:
    """Calls of a model, and positions computed in them."""

    calls: int
    positions: int
