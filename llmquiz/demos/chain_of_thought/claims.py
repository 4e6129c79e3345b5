"""What is measured of chain of thought, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.quantities import big

SLOTS = 10
"""For bits; those not needed stay blank."""
WAYS: Mapping[str, str] = {"steps": "steps", "direct": "direct", "dots": "dots", "labels": "direct", "long": "direct"}
"""How each model answers. The last two differ from `direct` in their training only: see `chain_of_thought/train`."""
BEFORE = 5
"""Steps that stand already where bits are changed."""
BEHIND = 0.85
"""With less than this share right, ten bits are called not learnt; a coin gets 0.5."""


@dataclass(frozen=True, slots=True)
class Way:
    """What one model gets right, and what its answer costs."""

    name: str
    by_bits: tuple[float, ...]
    """Share of rows answered right, of 1 bit, of 2, …"""
    passes: int
    """One after another, for a row of SLOTS bits."""
    positions: int
    """Computed in these passes together."""
    trained: int
    """Steps of the recipe."""
    rate: float
    """The learning rate that the sweep chose."""
    seeds: tuple[float, ...]
    """Share right of SLOTS bits, of each training in the card."""
    learnt: tuple[int, ...]
    """Steps of training after which each of them had learnt it; 0 where it never did."""


@dataclass(frozen=True, slots=True)
class Flips:
    """Share of rows of SLOTS bits whose answer changes when something is flipped before it."""

    step: tuple[float, ...]
    """One written step, the first, the second, …; the model goes on from there."""
    bit: tuple[float, ...]
    """One bit of the question, after BEFORE steps were written that did not know of it."""
    bit_direct: tuple[float, ...]
    """One bit, where the answer is given at once."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A row, and what every model makes of it."""

    bits: str
    answer: str
    written: tuple[str, ...]
    """By each model, in the order of WAYS."""
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in bits."""

    device: str
    dtype: str
    model: str
    parameters: int
    ways: tuple[Way, ...]
    """In the order of WAYS."""
    flips: Flips
    samples: tuple[Sample, ...]
    steps_percent: float
    """Right of ten bits, with steps."""
    dots_percent: float
    """With as many dots."""
    steps_passes: int
    """One after another for an answer about ten bits, with steps."""
    answers_turned_percent: float
    """By one flipped step, averaged over its places."""

    def way(self, name: str) -> Way:
        """The model of that name."""
        return next(way for way in self.ways if way.name == name)


def cost(r: Result) -> Finding:
    """Steps: one pass each and one for the end; dots: the same positions at once."""
    steps, dots, direct = (r.way(name) for name in ("steps", "dots", "direct"))
    holds = (
        steps.passes == SLOTS + 1
        and dots.passes == direct.passes == 1
        and steps.positions == dots.positions == direct.positions + SLOTS
    )
    passes = f"{steps.passes} > {dots.passes} = {direct.passes}"
    shown = f"{passes}; {steps.positions} = {dots.positions} = {direct.positions} + {SLOTS}"
    figures = {
        "steps": str(steps.passes),
        "dots": str(dots.passes),
        "direct": str(direct.passes),
        "positions": str(steps.positions),
        "dotted": str(dots.positions),
    }
    return Finding(holds, shown, figures=figures)


def steps_learn(r: Result) -> Finding:
    steps = r.way("steps")
    return Finding(min(*steps.by_bits, *steps.seeds) >= 0.97, _shares(steps), figures=_figures(steps))


def direct_behind(r: Result) -> Finding:
    return _behind(r.way("direct"))


def dots_behind(r: Result) -> Finding:
    return _behind(r.way("dots"))


def labels_behind(r: Result) -> Finding:
    return _behind(r.way("labels"))


def _behind(way: Way) -> Finding:
    return Finding(max(way.by_bits[-1], *way.seeds) < BEHIND, _shares(way), figures=_figures(way))


def _shares(way: Way) -> str:
    return f"n={SLOTS}: {way.by_bits[-1]:.0%} ({' / '.join(f'{share:.0%}' for share in way.seeds)})"


def _figures(way: Way) -> dict[str, str]:
    """How long it was trained, and the shares right of all its trainings."""
    return {"trained": f"{way.trained:,}", "shares": " / ".join(f"{100 * share:.0f}" for share in way.seeds)}


def direct_later(r: Result) -> Finding:
    """More training, and nothing is written."""
    long = r.way("long")
    return Finding(min(long.by_bits[-1], *long.seeds) >= 0.9, _shares(long), figures=_figures(long))


def needs_100b(r: Result) -> Finding:
    """Contradicted by a gain in a model that is a millionth of that size."""
    without, steps = r.way("direct").by_bits[-1], r.way("steps").by_bits[-1]
    figures = {"parameters": big(r.parameters), "without": f"{100 * without:.0f}", "steps": f"{100 * steps:.0f}"}
    shown = f"N={r.parameters:,}: {without:.0%} → {steps:.0%}"
    return Finding(steps < without + 0.1 or r.parameters > 1e11, shown, figures=figures)


def steps_used(r: Result) -> Finding:
    least = min(r.flips.step)
    shown = f"{least:.0%}–{max(r.flips.step):.0%} ≥ 95%"
    figures = {
        "steps": str(len(r.flips.step)),
        "mean": f"{r.answers_turned_percent:.0f}",
        "least": f"{100 * least:.0f}",
    }
    return Finding(least >= 0.95, shown, figures=figures)


def state_is_written(r: Result) -> Finding:
    """Bits whose step is written no longer matter, those to come do."""
    past, future = r.flips.bit[:BEFORE], r.flips.bit[BEFORE:]
    figures = {"steps": str(BEFORE), "past": f"{100 * max(past):.0f}", "future": f"{100 * min(future):.0f}"}
    shown = f"{max(past):.0%} ≤ 5%, {min(future):.0%} ≥ 95%"
    return Finding(max(past) <= 0.05 and min(future) >= 0.95, shown, figures=figures)


CLAIMS = findings.claims(
    cost,
    steps_learn,
    direct_behind,
    dots_behind,
    labels_behind,
    direct_later,
    needs_100b,
    steps_used,
    state_is_written,
)
