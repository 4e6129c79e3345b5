"""What is measured of a state beside a cache, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, below, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import Ratio

LENGTHS = (4, 8, 16, 32)
"""Pairs a text, of which one is to be recalled at each question."""
ROUNDING = 1e-3
"""Relative to the largest logit."""


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


def fixed_state(r: Result) -> Finding:
    short, long = r.states
    holds = short.total == long.total == r.state_bytes_formula and long.keys_and_values == 0
    figures = (
        f"{short.total:,} B (T={r.lengths[0]}) = {long.total:,} B (T={r.lengths[1]}) = {r.state_bytes_formula:,} B"
    )
    return Finding(holds, figures)


def bytes_cross(r: Result) -> Finding:
    holds = r.cache_bytes_before < r.state_bytes <= r.cache_bytes_there
    figures = f"{r.cache_bytes_before:,} < {r.state_bytes:,} ≤ {r.cache_bytes_there:,} B"
    return Finding(holds, f"T* = {r.overtaken_at}: {figures}")


def linear(r: Result) -> Finding:
    short, long = r.work
    mamba, attention = long.mamba / short.mamba, long.attention / short.attention
    holds = abs(mamba - 2) < 0.002 and attention > 2.02
    return Finding(holds, f"T={short.tokens} → {long.tokens}: ×{mamba:.4f}, ×{attention:.4f}")


def optimizes_attention(r: Result) -> Finding:
    assert r.attention_operations_control > 0, "the count finds attention where there is some"
    return Finding(r.attention_operations > 0, f"{r.attention_operations} (≠ {r.attention_operations_control})")


def one_pass(r: Result) -> Finding:
    return exactly(r.dtype, r.gap <= ROUNDING, f"max|Δ| {r.gap:.1e} ≤ {ROUNDING:g}")


def flat_time(r: Result) -> Finding:
    return below(r.times.flat, 1.25)


def attention_grows(r: Result) -> Finding:
    return _where_steps_cost(r, reaching(r.times.grows, 2))


def times_cross(r: Result) -> Finding:
    early, late = r.times.early.reaches(1.1), r.times.late.reaches(1.1)
    figures = f"T={r.times.lengths[0]}: {r.times.early} ≥ 1.1; T={r.times.lengths[-1]:,}: {r.times.late} ≥ 1.1"
    holds = None if early is None or late is None else early and late
    return _where_steps_cost(r, unless_noisy(holds, figures))


def _where_steps_cost(r: Result, finding: Finding) -> Finding:
    """On another device than the CPU the fixed cost of starting a step may cover what is claimed."""
    if r.device == "cpu" or finding.holds is not False:
        return finding
    return Finding(None, finding.measured, "start-bound")


def hybrid_keeps(r: Result) -> Finding:
    h = r.hybrid
    holds = h.kept.keys_and_values * h.layers == h.all_attention * h.attention_layers and h.attention_layers == 1
    return Finding(holds, f"{h.kept.keys_and_values:,} B = {h.attention_layers}/{h.layers} · {h.all_attention:,} B")


def attention_recalls(r: Result) -> Finding:
    """Here and with every seed."""
    return Finding(min(map(min, _here_and_by_seed(r.remember[0]))) >= 0.99, _rights(r.remember[0]))


def _here_and_by_seed(memory: Memory) -> list[tuple[float, ...]]:
    """Share right by the number of pairs: here, then by the card with every seed."""
    return [tuple(recall.right for recall in memory.recalls), *memory.seeds]


def _rights(memory: Memory) -> str:
    columns = zip(LENGTHS, zip(*_here_and_by_seed(memory), strict=True), strict=True)
    return ", ".join(f"N={pairs}: {'/'.join(f'{100 * right:.0f}' for right in rights)}%" for pairs, rights in columns)


def state_forgets(r: Result) -> Finding:
    """By the size of the state, of the longest texts: here and with every seed."""
    small, large = ([rights[-1] for rights in _here_and_by_seed(memory)] for memory in r.remember[1:])
    spans = (f"{min(rights):.0%} – {max(rights):.0%}" for rights in (small, large))
    return Finding(max(small) <= 0.6 and min(large) >= 0.75, f"N={LENGTHS[-1]}: {', '.join(spans)}")


def early_token(r: Result) -> Finding:
    """The first half of the pairs against the second, in the larger Mamba."""
    places = r.remember[-1].recalls[-1].by_place
    first, second = (fmean(half) for half in (places[: len(places) // 2], places[len(places) // 2 :]))
    return Finding(abs(first - second) <= 0.1, f"{first:.0%}, {second:.0%} (|Δ| ≤ 10%)")


CLAIMS = findings.claims(
    fixed_state,
    bytes_cross,
    linear,
    optimizes_attention,
    one_pass,
    flat_time,
    attention_grows,
    times_cross,
    hybrid_keeps,
    attention_recalls,
    state_forgets,
    early_token,
)
