"""What the measurements that demos share come to, as values; without torch."""

from __future__ import annotations

from dataclasses import dataclass


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
