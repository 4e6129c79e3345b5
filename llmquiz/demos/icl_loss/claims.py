"""What is measured of loss on many tokens and on one, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.icl.results import NEAR, Runs, percent, reached, span

SOON, LATE = 1000, 2500
"""Steps of a training of 4,000."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A shipped model, asked here."""

    arm: str
    right: float
    """Share of last labels after 8 examples, or of last tokens."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; accuracies as shares."""

    device: str
    dtype: str
    best: float
    """What can be reached of the mapping after 8 examples."""
    runs: tuple[Runs, ...]
    asked: tuple[Asked, ...]

    def seeds(self, arm: str) -> Runs:
        """The runs of an arm."""
        return next(runs for runs in self.runs if runs.arm == arm)

    def here(self, arm: str) -> float:
        """What the shipped model of an arm gets right here."""
        return next(asked.right for asked in self.asked if asked.arm == arm)


def one_loss(r: Result) -> Finding:
    """With every seed, and of the encoder here."""
    least = NEAR * r.best
    decoder, encoder = (r.seeds(name).right for name in ("decoder-last", "encoder-slot"))
    return Finding(
        min(*decoder, *encoder, r.here("encoder-slot")) >= least,
        f"{percent(decoder)}; {percent(encoder)} ≥ {least:.0%}",
        figures={"decoder": span(decoder), "encoder": span(encoder), "best": f"{r.best:.0%}"},
    )


def loss_matters(r: Result) -> Finding:
    """Every seed of the dense loss is right more often than every seed of the other, a tenth; here too."""
    dense, last = r.seeds("split-decoder"), r.seeds("split-decoder-last")
    return Finding(
        min(*dense.right, r.here("split-decoder")) >= max(last.right) + 0.1,
        f"{percent(dense.right)} > {percent(last.right)}",
        figures={"dense": span(dense.right), "last": span(last.right), "steps": f"{dense.steps:,}"},
    )


def dense_sooner(r: Result) -> Finding:
    dense, last = r.seeds("induction-decoder"), r.seeds("induction-decoder-last")
    late = all(step == 0 or step > LATE for step in last.learned_at)
    return Finding(
        _soon(dense) and late and r.here("induction-decoder") >= NEAR,
        f"{reached(dense)} ≤ {SOON:,}; {reached(last)} > {LATE:,}",
        figures={"dense": _steps(dense), "last": _steps(last), "all": f"{last.steps:,}"},
    )


def slot_as_soon(r: Result) -> Finding:
    slot = r.seeds("induction-encoder-slot")
    return Finding(
        _soon(slot) and r.here("induction-encoder-slot") >= NEAR,
        f"{reached(slot)} ≤ {SOON:,}",
        figures={"slot": _steps(slot), "decoder": _steps(r.seeds("induction-decoder"))},
    )


def more_is_sooner(r: Result) -> Finding:
    """Of the encoder: half of the tokens sooner than a seventh, and a seventh sooner than one."""
    half, some, slot = (r.seeds(f"induction-encoder-{name}") for name in ("50", "15", "slot"))
    return Finding(
        _latest(half) < _earliest(some) and _latest(some) < _earliest(slot),
        f"50%: {reached(half)}; 15%: {reached(some)}; 1: {reached(slot)}",
        figures={"half": _steps(half), "some": _steps(some), "slot": _steps(slot), "end": span(some.right)},
    )


def _soon(runs: Runs) -> bool:
    """Whether every seed learned it within `SOON` steps."""
    return all(0 < step <= SOON for step in runs.learned_at)


def _earliest(runs: Runs) -> int:
    """The step at which the first seed learned it, or one beyond the last where none did."""
    return min(step or runs.steps + 1 for step in runs.learned_at)


def _latest(runs: Runs) -> int:
    """The step at which the last seed learned it, or one beyond the last where it did not."""
    return max(step or runs.steps + 1 for step in runs.learned_at)


def _steps(runs: Runs) -> str:
    """The steps of all seeds, from the fewest to the most; beyond the training where one never learned it."""
    low, high = (f"{step:,}" if step <= runs.steps else f">{runs.steps:,}" for step in (_earliest(runs), _latest(runs)))
    return low if low == high else f"{low}–{high}" if not high.startswith(">") else f"{low} … {high}"


CLAIMS = findings.claims(one_loss, loss_matters, dense_sooner, slot_as_soon, more_is_sooner)
