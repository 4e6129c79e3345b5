"""What is measured of a mixture of experts, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, Times, ratio

ROUNDING = 1e-4
"""Relative to the largest output: far above what float32 loses here."""
EXPERTS, CHOSEN = 8, 2
"""As in Mixtral 8x7B."""
MOST = EXPERTS / CHOSEN
"""The load of an expert that every token chooses, over the average load."""
REQUESTS = (1, 2, 4, 8, 16, 32, 64)
PUBLISHED = 46.7e9, 12.9e9
"""Mixtral 8x7B as announced by Mistral AI, December 2023: total and active parameters."""


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


def router_card(r: Result) -> Finding:
    worst = max(r.routing.own_gap, r.routing.renormalised_gap, r.routing.gate_sum_gap)
    return exactly(r.dtype, worst <= ROUNDING, f"max|Δ| {worst:.1e} ≤ {ROUNDING:g}")


def gated_sum(r: Result) -> Finding:
    gap = r.routing.sparse_sum_gap
    return exactly(r.dtype, gap <= ROUNDING, f"max|Δ| {gap:.1e} ≤ {ROUNDING:g}")


def dense_mixture(r: Result) -> Finding:
    routing = r.routing
    times = routing.dense_rows / routing.rows
    holds = routing.dense_gap > 0.1 and routing.rows == routing.tokens * CHOSEN and times == EXPERTS / CHOSEN
    return Finding(holds, f"max|Δ| {routing.dense_gap:.2g} > 0.1; {routing.dense_rows}/{routing.rows} = ×{times:g}")


def two_of_eight(r: Result) -> Finding:
    holds = set(r.used) == {CHOSEN} and r.mixture.active == r.active_formula
    chosen = " ".join(f"{n}/{EXPERTS}" for n in r.used)
    return Finding(holds, f"{chosen}; {r.mixture.active:,} / {r.mixture.parameters:,} = {r.active_share:.3g}%")


def compute_unchanged(r: Result) -> Finding:
    holds = r.work.mixture == r.work.dense_active + r.work.router and r.work.router < 0.01 * r.work.mixture
    share = r.work.router / r.work.dense_active
    return Finding(holds, f"{r.work.mixture:,} = {r.work.dense_active:,} + {r.work.router:,} (+{share:.2%})")


def equal_total(r: Result) -> Finding:
    return Finding(r.work_saved > 2, f"×{r.work_saved:.3g} > 2")


def costs_nothing(r: Result) -> Finding:
    slower = [timed.slower.reaches(1.1) for timed in r.passes]
    shown = ", ".join(f"T={timed.tokens} {timed.slower}" for timed in r.passes)
    if True in slower:
        return Finding(False, shown)
    return Finding(None, shown, "too-noisy") if None in slower else Finding(True, shown)


def faster_than_total(r: Result) -> Finding:
    last = r.passes[-1]
    if not ratio(last.dense_total, last.dense_active).reaches(1.5):
        return Finding(None, str(last.faster), "start-bound")
    return reaching(last.faster, 1.2)


def all_in_memory(r: Result) -> Finding:
    needed, held, dense = r.touched[-1], r.mixture.weight_bytes, r.large.weight_bytes
    holds = set(needed) == {EXPERTS} and held >= dense
    experts = " ".join(f"{n}/{EXPERTS}" for n in needed)
    return Finding(holds, f"B={REQUESTS[-1]}: {experts}; {held:,} B ≥ {dense:,} B")


def collapses(r: Result) -> Finding:
    loads = [pair.without.fullest for pair in r.trainings]
    return Finding(min(loads) >= 2.5, f"{_in_a_row(loads)} ≥ 2.5 ({MOST:g} = max)")


def balanced(r: Result) -> Finding:
    loads = [pair.with_loss.fullest for pair in r.trainings]
    gains = [pair.without.fullest / pair.with_loss.fullest for pair in r.trainings]
    return Finding(min(gains) >= 1.2, f"{_in_a_row(loads)}: ÷{_in_a_row(gains)} ≥ 1.2")


def _in_a_row(values: Iterable[float]) -> str:
    return " ".join(f"{value:.3g}" for value in values)


def not_56b(r: Result) -> Finding:
    counted = r.published_total, r.published_active
    holds = all(abs(count / stated - 1) < 0.01 for count, stated in zip(counted, PUBLISHED, strict=True))
    return Finding(holds, f"{counted[0]:,} < 8 × 7B, {counted[1]:,} ({counted[1] / counted[0]:.1%})")


CLAIMS = findings.claims(
    router_card,
    gated_sum,
    dense_mixture,
    two_of_eight,
    compute_unchanged,
    equal_total,
    costs_nothing,
    faster_than_total,
    all_in_memory,
    collapses,
    balanced,
    not_56b,
)
