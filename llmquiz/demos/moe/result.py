"""What is measured of a mixture of experts; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times, ratio

EXPERTS, CHOSEN = 8, 2
"""As in Mixtral 8x7B."""
MOST = EXPERTS / CHOSEN
"""The load of an expert that every token chooses, over the average load."""
REQUESTS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class Size:
    """What one model has, what of it works on a token, and what it takes in memory."""

    model: str
    parameters: int
    active: int
    weight_bytes: int


@dataclass(frozen=True, slots=True)
class Routing:
    """Ways to compute one layer, each against the layer of `transformers`, relative to its largest output."""

    tokens: int
    own_gap: float
    """Of the router of this demo: softmax over the chosen logits."""
    renormalised_gap: float
    """Between its gates and a softmax over all experts, divided by the sum over the chosen ones."""
    gate_sum_gap: float
    """How far the gates of a token are from adding up to one, at most."""
    sparse_sum_gap: float
    """Of the sum over all experts, with gates that are zero outside the chosen ones."""
    dense_gap: float
    """Of the same sum with an ordinary softmax over all experts."""
    rows: int
    """Rows that the experts computed, all tokens together."""
    dense_rows: int


@dataclass(frozen=True, slots=True)
class Work:
    """Floating-point operations of the matrix products of one pass over `tokens` tokens."""

    tokens: int
    mixture: int
    router: int
    """By formula: 2 · tokens · layers · experts · width."""
    dense_active: int
    dense_total: int


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over so many tokens, in seconds."""

    tokens: int
    mixture: Varies[Times]
    dense_active: Varies[Times]
    dense_total: Varies[Times]

    @property
    def slower(self) -> Ratio:
        """Than the dense model of equal active parameters."""
        return ratio(self.mixture, self.dense_active)

    @property
    def faster(self) -> Ratio:
        """Than the dense model of equal total parameters."""
        return ratio(self.dense_total, self.mixture)


@dataclass(frozen=True, slots=True)
class Trained:
    """One model, one layer of experts, trained from one seed."""

    load: tuple[int, ...]
    """Held-out tokens that each expert received, the fullest first."""
    loss: float
    """Of the next token, on the same text, in nats."""

    @property
    def fullest(self) -> float:
        """The load of the fullest expert over the average: 1 is even, experts / chosen the most there can be."""
        return max(self.load) * len(self.load) / sum(self.load)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same start and the same text, without and with the balancing loss."""

    seed: int
    without: Trained
    with_loss: Trained


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    small: Size
    """A dense model as large as the active part of the mixture."""
    mixture: Size
    """Its active part: without the experts that got no gradient from a single token."""
    large: Size
    """A dense model as large as the whole mixture."""
    active_formula: int
    active_share: float
    """In percent."""
    routing: Routing
    used: tuple[int, ...]
    """Experts with a gradient from a single token, layer by layer."""
    work: Work
    work_saved: float
    """Operations of the dense model of equal total over those of the mixture."""
    touched: tuple[tuple[int, ...], ...]
    """For each of `REQUESTS`, the experts needed in each layer."""
    touched_by_four: float
    """The mean over the layers for four requests."""
    passes: tuple[Pass, ...]
    trainings: tuple[Pair, ...]
    published_total: int
    published_active: int
