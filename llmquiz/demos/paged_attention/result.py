"""What is measured of a cache in blocks; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio

SIZE = 16
"""Tokens a block, as vLLM has it by default."""
LONGEST = 2048
"""A request's prompt and answer together have at most so many tokens."""


@dataclass(frozen=True, slots=True)
class MixedRequests:
    """Requests of many lengths that come and go in a memory too small for all of them at once."""

    requests: int
    tokens: int
    equal: int
    """So many of them are those of a contiguous cache."""
    gap: float
    """Largest difference of logits, relative to the largest logit."""
    blocks: int
    handed_out: int
    """More than there are: blocks of requests that ended were used again."""
    pairs: int
    """Of successive blocks of a text."""
    apart: int
    """Of them, not one behind the other in memory."""


@dataclass(frozen=True, slots=True)
class SharedPrefix:
    """Several questions behind one beginning."""

    questions: int
    prefix: int
    blocks: int
    """Held, all questions answered and none closed."""
    blocks_formula: int
    blocks_alone: int
    """Held where every request keeps its own."""
    positions: int
    """Computed, the beginning once."""
    positions_formula: int
    positions_alone: int
    tokens: int
    equal: int
    gap: float


@dataclass(frozen=True, slots=True)
class Samples:
    """Several continuations of one prompt."""

    samples: int
    prompt: int
    copies: int
    """Blocks that were copied because somebody else still reads them."""
    blocks: int
    blocks_alone: int
    tokens: int
    equal: int
    gap: float


@dataclass(frozen=True, slots=True)
class OtherBeginning:
    """A document that is known, behind another first token."""

    blocks: int
    """Full blocks of the document as it was first read."""
    found_again: int
    """Of them, found for the same text with the same beginning."""
    found_behind_another: int
    gap_if_shared: float
    """How far the logits move where they are used all the same, relative to the largest logit."""


@dataclass(frozen=True, slots=True)
class ServerRun:
    """What a server did with its memory in tokens: means over the steps counted, over all drawn workloads."""

    live: float
    """Requests at once."""
    lives: tuple[float, ...]
    """The same, a workload each."""
    used: float
    """Tokens whose keys and values are needed; a beginning that is kept once counts once."""
    reserved: float
    """Tokens' worth that was taken."""
    finished: int
    preempted: int
    """Requests sent back to the queue because memory ran out; what they had written is computed again."""
    recomputed: int
    """So many tokens."""
    worst: int
    """The most that one request held and did not use, at any step."""


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """What one way of handing out the memory did with it, in bytes."""

    name: str
    size: int
    """Tokens a block; 0 where a request has one stretch."""
    reserved_bytes: int
    used_bytes: int
    wasted_bytes: int
    """Reserved and not used."""
    served: ServerRun

    @property
    def share(self) -> float:
        """Used, of what is reserved."""
        return self.used_bytes / self.reserved_bytes


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured or counted; means over the steps and the drawn workloads."""

    device: str
    dtype: str
    model: str
    server: str
    pool_bytes: int
    token_bytes: int
    longest: int
    workloads: int
    fit_reserved: float
    """Requests at once, each with room for the longest case."""
    fit_blocks: float
    used_percent_reserved: float
    """Of the bytes set aside for the longest case, so many are in use."""
    ways: tuple[MemoryUse, ...]
    """For the longest case, for the next power of two, for the true length known in advance, in blocks."""
    sizes: tuple[MemoryUse, ...]
    """Blocks of growing size."""
    common: tuple[MemoryUse, MemoryUse]
    """The same system prompt in every request: kept by each, kept once."""
    full: tuple[MemoryUse, MemoryUse]
    """Requests as long as the reservation: one stretch each, blocks."""
    mixed: MixedRequests
    shared: SharedPrefix
    shared_positions: int
    samples: Samples
    copies: int
    other: OtherBeginning
    block_bytes: int
    contiguous_bytes: int
    """As many tokens in an ordinary cache."""
    batches: tuple[int, int]
    """Requests at once, rounded: reserved, blocks."""
    rates: Varies[tuple[float, float]]
    """Tokens a second at these."""
    gain: Varies[Ratio]
