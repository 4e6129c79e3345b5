"""What is measured of an encoder–decoder beside decoders; without torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times
from llmquiz.demos.lab.results import TwoCaches

LAYERS = 6
"""On each side of the encoder–decoder, so that what is equal beside a decoder is exactly equal."""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of module: self-attention of both sides, cross-attention, feed-forward."""

    name: str
    parameters: int
    matrix_flops: int
    """Of products with weights, in one forward pass."""
    score_flops: int
    """Of queries with keys and of attention weights with values."""

    @property
    def flops(self) -> int:
        return self.matrix_flops + self.score_flops


parameters: Callable[[Part], int] = attrgetter("parameters")
flops: Callable[[Part], int] = attrgetter("flops")


@dataclass(frozen=True, slots=True)
class Cost:
    """A model and one forward pass of it."""

    model: str
    layers: int
    parameters: int
    parts: tuple[Part, ...]

    @property
    def matrix_flops(self) -> int:
        """Of all layers; the head, which is the same everywhere, is left out."""
        return sum(part.matrix_flops for part in self.parts)

    def share(self, name: str, of: Callable[[Part], int]) -> float:
        """The part's share of the layers."""
        return sum(of(part) for part in self.parts if part.name == name) / sum(map(of, self.parts))


@dataclass(frozen=True, slots=True)
class Spent:
    """The seconds of an encoder–decoder by kind of module."""

    shares: Varies[tuple[tuple[str, float], ...]]
    """Of the whole; the rest is norms, embedding, head and the way between."""
    largest_over_cross: Varies[Ratio]
    """The kind that takes longest over cross-attention."""

    def share(self, name: str) -> float:
        return dict(self.shares)[name]


@dataclass(frozen=True, slots=True)
class Seconds:
    """One forward pass over the same text through three models."""

    source: int
    target: int
    encoder_decoder: Varies[Times]
    same_parameters: Varies[Ratio]
    """The decoder of as many parameters over the encoder–decoder."""
    same_work: Varies[Ratio]
    spent: Spent


@dataclass(frozen=True, slots=True)
class T5Size:
    """A published T5, counted."""

    name: str
    parameters: int
    cross_parameters: float
    """Share of all parameters."""
    cross_flops: float
    """Share of the work of all layers."""
    largest: str
    """The kind of module with the most work."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose the parameters of an encoder–decoder are."""

    encoder: int
    decoder: int
    cross: int
    """In cross-attention; part of the decoder's."""
    shared: int
    embedding: int
    outside: int
    """In neither stack."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in tokens."""

    device: str
    dtype: str
    encoder_decoder: Cost
    same_parameters: Cost
    """A decoder that has as many."""
    same_work: Cost
    """A decoder that does as much for a token."""
    same_depth: Cost
    """A decoder as deep as one side."""
    source: int
    target: int
    work_ratio: float
    """Of the decoder with equal parameters over the encoder–decoder, in products with weights."""
    seconds: tuple[Seconds, ...]
    decoding: Spent
    """With both caches, one token at a time."""
    family: tuple[T5Size, ...]
    ownership: Ownership
    moved: int
    """Matrices of the encoder that the loss of the decoder has a gradient for."""
    moved_of: int
    caches: TwoCaches
    cross_key_positions: int
    """Positions whose cross-attention keys were computed, over all layers and steps."""
    self_key_positions: int
    cache_bytes: int
    """Both caches of the encoder–decoder."""
    same_depth_cache: int
    """A decoder as deep as one side, on source and target."""
    same_parameters_cache: int
