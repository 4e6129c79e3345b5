"""What is measured of a state beside a cache; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio

LENGTHS = (4, 8, 16, 32)
"""Pairs a text, of which one is to be recalled at each question."""


@dataclass(frozen=True, slots=True)
class CacheBytes:
    """What a cache holds, in bytes."""

    state: int
    """Recurrent states and the last inputs of the convolutions: fixed."""
    keys_and_values: int
    """Growing with every token."""

    @property
    def total(self) -> int:
        """Of either kind."""
        return self.state + self.keys_and_values


@dataclass(frozen=True, slots=True)
class Work:
    """Floating-point operations of the matrix products of one pass."""

    tokens: int
    mamba: int
    attention: int


@dataclass(frozen=True, slots=True)
class Hybrid:
    """Eight layers of which one is attention, as in Jamba (Lieber et al., 2024)."""

    model: str
    layers: int
    attention_layers: int
    tokens: int
    kept: CacheBytes
    all_attention: int
    """Keys and values that as many layers of attention would keep."""


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Seconds of one decoding step, medians."""

    lengths: tuple[int, ...]
    attention: Varies[tuple[float, ...]]
    """After so many tokens."""
    mamba: Varies[tuple[float, ...]]
    """After the first and after the second number of tokens; the state is as large after any other."""
    flat: Varies[Ratio]
    """Mamba: after more tokens over after fewer."""
    grows: Varies[Ratio]
    """Attention: after the most tokens over after the fewest."""
    early: Varies[Ratio]
    """Mamba over attention after the fewest tokens."""
    late: Varies[Ratio]
    """Attention over Mamba after the most."""
    crossing: Varies[float]
    """Tokens from which attention takes longer, between the lengths timed; 0 where it does not."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Share of values that come out right."""

    pairs: int
    right: float
    by_place: tuple[float, ...]
    """Pair by pair, from the first of the text to the last."""

    @property
    def recalled(self) -> float:
        """Pairs' worth."""
        return self.pairs * self.right


@dataclass(frozen=True, slots=True)
class Memory:
    """A trained model asked for values that it read."""

    model: str
    kept: CacheBytes
    """After the longest text."""
    recalls: tuple[Recall, ...]
    seeds: tuple[tuple[float, ...], ...]
    """Share right of each seed by its card, by the number of pairs."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in tokens."""

    device: str
    dtype: str
    mamba: str
    attention: str
    lengths: tuple[int, int]
    states: tuple[CacheBytes, CacheBytes]
    """Of Mamba after these."""
    caches: tuple[CacheBytes, CacheBytes]
    """Of attention."""
    state_bytes: int
    state_bytes_formula: int
    overtaken_at: int
    """The first length at which the cache takes at least what the state takes."""
    cache_bytes_before: int
    """Measured one token before that."""
    cache_bytes_there: int
    gap: float
    """Of logits, one pass against one step a token."""
    attention_operations: int
    """In a pass of Mamba."""
    attention_operations_control: int
    """In a pass of the attention model."""
    work: tuple[Work, Work]
    """Of one layer of each, for a text and for one twice as long."""
    hybrid: Hybrid
    times: StepTimes
    crossing: Varies[float]
    remember: tuple[Memory, ...]
    """Attention, Mamba, Mamba of twice the width."""
    recalled_pairs: float
    """By the wider Mamba, of the most pairs in a text."""
