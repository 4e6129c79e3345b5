"""What is measured of a cache in blocks, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong key changes."""
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


def same_tokens(r: Result) -> Finding:
    mixed = r.mixed
    holds = mixed.equal == mixed.tokens and mixed.gap <= ROUNDING and mixed.handed_out > mixed.blocks
    return exactly(r.dtype, holds, f"{mixed.equal}/{mixed.tokens}, max|Δ| {mixed.gap:.1e} ≤ {ROUNDING:g}")


def as_large(r: Result) -> Finding:
    holds = r.block_bytes == r.contiguous_bytes
    return Finding(holds, f"{r.block_bytes:,} B = {r.contiguous_bytes:,} B (T={SIZE})")


def reservation_wastes(r: Result) -> Finding:
    reserved, blocks = r.ways[0].share, r.ways[-1].share
    return Finding(reserved < 0.4 and blocks > 0.96, f"{reserved:.1%} < 40%, {blocks:.1%} > 96%")


def less_than_a_block(r: Result) -> Finding:
    holds = all(use.served.worst < use.size for use in r.sizes)
    return Finding(holds, ", ".join(f"{use.served.worst} < {use.size}" for use in r.sizes))


def block_size(r: Result) -> Finding:
    wasted = [1 - use.share for use in r.sizes]
    holds = wasted == sorted(wasted) and wasted[-1] > wasted[0]
    return Finding(holds, ", ".join(f"{use.size}: {1 - use.share:.1%}" for use in r.sizes))


def fits_more(r: Result) -> Finding:
    return _more(r.ways[0], r.ways[-1], 2)


def beats_foresight(r: Result) -> Finding:
    return _more(r.ways[2], r.ways[-1], 1.2)


def raises_throughput(r: Result) -> Finding:
    finding = reaching(r.gain, 1.1)
    few, many = r.batches
    return finding._replace(measured=f"{few} → {many}/step; {finding.measured}")


def shared_prefix(r: Result) -> Finding:
    s = r.shared
    counts = (s.blocks, s.positions) == (s.blocks_formula, s.positions_formula)
    holds = counts and s.equal == s.tokens and s.gap <= ROUNDING
    figures = f"{s.blocks} < {s.blocks_alone}, {s.positions} < {s.positions_alone}, {s.equal}/{s.tokens}"
    return exactly(r.dtype, holds, figures)


def shared_fits(r: Result) -> Finding:
    return _more(*r.common, 1.2)


def _more(few: MemoryUse, many: MemoryUse, least: float) -> Finding:
    """So many times as many requests at once."""
    each = [b / a for a, b in zip(few.served.lives, many.served.lives, strict=True)]
    gain = many.served.live / few.served.live
    spread = f"n={len(each)}, {min(each):.3g}–{max(each):.3g}"
    return Finding(gain >= least, f"{few.served.live:.3g} → {many.served.live:.3g}: ×{gain:.3g} ({spread}) ≥ {least:g}")


def copy_on_write(r: Result) -> Finding:
    s = r.samples
    holds = s.copies == s.samples - 1 and s.equal == s.tokens and s.gap <= ROUNDING
    return exactly(r.dtype, holds, f"{s.copies} = {s.samples} − 1, {s.equal}/{s.tokens}, {s.blocks} < {s.blocks_alone}")


def only_beginnings(r: Result) -> Finding:
    o = r.other
    holds = o.found_again == o.blocks and o.found_behind_another == 0 and o.gap_if_shared > ROUNDING
    figures = f"{o.found_again}/{o.blocks}, {o.found_behind_another}/{o.blocks}; max|Δ| {o.gap_if_shared:.2g}"
    return exactly(r.dtype, holds, figures)


def no_gain_when_full(r: Result) -> Finding:
    few, many = (use.served.live for use in r.full)
    return Finding(many <= 1.1 * few, f"{few:.3g} → {many:.3g} (×{many / few:.3g} ≤ 1.1)")


CLAIMS = findings.claims(
    same_tokens,
    as_large,
    reservation_wastes,
    less_than_a_block,
    block_size,
    fits_more,
    beats_foresight,
    raises_throughput,
    shared_prefix,
    shared_fits,
    copy_on_write,
    only_beginnings,
    no_gain_when_full,
)
