"""What is measured of scaling laws, and what each claim says of it; without torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.quantities import big
from llmquiz.demos.lab.results import Rung


@dataclass(frozen=True, slots=True)
class Exponent:
    """One exponent of a fit."""

    value: float
    """On the mean of the seeds."""
    low: float
    """2.5 % of the bootstrap over seeds."""
    high: float
    """97.5 %."""
    without: tuple[float, float]
    """The smallest and the largest where one model is left out."""
    seeds: tuple[float, ...]
    """On each seed by itself."""

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The largest model's loss, by a form fitted to all the others."""

    form: str
    predicted: tuple[float, ...]
    """Seed by seed."""
    missed: float
    """By so much too high in the mean of the seeds; negative: too low."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What the losses alone say of the irreducible loss."""

    found: float
    """Chinchilla's E on the mean of the seeds."""
    seeds: tuple[float, ...]
    without: tuple[float, float]
    """The smallest and the largest where one model is left out."""
    sinks_at: float
    """Parameters at which Kaplan's form, data unlimited, goes below the entropy."""
    forecasts: tuple[Forecast, ...]
    """Chinchilla's form, Kaplan's."""


@dataclass(frozen=True, slots=True)
class Published:
    """Formulas with their published constants at the size of GPT-3; nats a token."""

    sheet: float
    kaplan: float
    chinchilla: float
    gpt3: float
    """The trend that was fitted to GPT-3's own losses."""


@dataclass(frozen=True, slots=True)
class ThreeLaws:
    """Three laws of one variable, each fitted by itself to these models, at the largest of them."""

    of_parameters: float
    of_tokens: float
    of_operations: float
    measured: float

    @property
    def added(self) -> float:
        """As the sheet adds them."""
        return self.of_parameters + self.of_tokens + self.of_operations


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; losses in nats a token."""

    device: str
    dtype: str
    entropy: float
    """Of the language, exactly: the irreducible loss."""
    rungs: tuple[Rung, ...]
    """The ladder of sizes, then one size on less data."""
    alpha: Exponent
    """Of N, above the known entropy."""
    beta: Exponent
    """Of D."""
    halving: float
    """So many times the parameters halve the excess that is due to them: 2^(1/α)."""
    alpha_without_embedding: float
    fitted: tuple[float, ...]
    """The excess over the entropy that the fit says, rung by rung."""
    floor: Floor
    floor_found: float
    published: Published
    sheet_at_gpt3: float
    three_laws: ThreeLaws
    sum_over_measured: float
    operations: int
    """Counted in one training step of the largest model."""
    six_nd: int
    work_over_six_nd: float


def sheet_formula(r: Result) -> Finding:
    p = r.published
    formulas = {"sheet": p.sheet, "kaplan": p.kaplan, "chinchilla": p.chinchilla, "gpt3": p.gpt3}
    figures = {name: f"{loss:.2f}" for name, loss in formulas.items()}
    others = ", ".join(list(figures.values())[1:])
    holds = abs(p.sheet / p.kaplan - 1) <= 0.1
    return Finding(holds, f"GPT-3: {p.sheet:.2f} {'≈' if holds else '≠'} {others} nats", figures=figures)


def compute_follows(r: Result) -> Finding:
    return Finding(
        1 <= r.work_over_six_nd <= 1.25,
        f"{r.operations:,} / {r.six_nd:,} = {r.work_over_six_nd:.3f}",
        figures={"counted": big(r.operations), "formula": big(r.six_nd), "times": f"{r.work_over_six_nd:.2f}"},
    )


def sum_counts_thrice(r: Result) -> Finding:
    laws = r.three_laws
    losses = {"n": laws.of_parameters, "d": laws.of_tokens, "c": laws.of_operations}
    figures = {name: f"{loss:.2f}" for name, loss in (losses | {"sum": laws.added, "loss": laws.measured}).items()}
    n, d, c, total, loss = figures.values()
    return Finding(
        r.sum_over_measured >= 2.5,
        f"{n} + {d} + {c} = {total} = {r.sum_over_measured:.2f} · {loss}",
        figures=figures | {"times": f"{r.sum_over_measured:.2f}"},
    )


def never_below(r: Result) -> Finding:
    losses = [score.loss for rung in r.rungs for score in rung.scores]
    above = sum(loss > r.entropy for loss in losses)
    return Finding(
        above == len(losses),
        f"{above}/{len(losses)} > {r.entropy:.4f}; min {min(losses):.4f}",
        figures={
            **{"above": f"{above}", "all": f"{len(losses)}"},
            **{"entropy": f"{r.entropy:.3f}", "lowest": f"{min(losses):.3f}"},
        },
    )


def power_law(r: Result) -> Finding:
    excesses = [rung.mean_loss - r.entropy for rung in r.rungs]
    worst = max(abs(math.log(excess / fit)) for excess, fit in zip(excesses, r.fitted, strict=True))
    holds = worst <= 0.25 and r.alpha.low > 0 and r.beta.low > 0
    figures = {"worst": f"{math.expm1(worst):.0%}", "alpha": f"{r.alpha}", "beta": f"{r.beta}"}
    return Finding(holds, f"max|Δ ln| {worst:.2f} ≤ 0.25 (n={len(excesses)})", figures=figures)


def floor_is_found(r: Result) -> Finding:
    furthest = max(abs(floor - r.entropy) for floor in (r.floor.found, *r.floor.seeds))
    seeds = ", ".join(f"{floor:.3f}" for floor in r.floor.seeds)
    figures = {"fitted": f"{r.floor.found:.3f}", "seeds": seeds.replace(", ", " / "), "entropy": f"{r.entropy:.3f}"}
    return Finding(furthest <= 0.06, f"{r.floor.found:.3f} ({seeds}) ≈ {r.entropy:.3f}", figures=figures)


def both_forecast(r: Result) -> Finding:
    """Over so short a range the forms can hardly be told apart."""
    missed = ", ".join(f"{forecast.form} {forecast.missed:+.4f}" for forecast in r.floor.forecasts)
    furthest = max(abs(forecast.missed) for forecast in r.floor.forecasts)
    figures = {forecast.form.lower(): f"{abs(forecast.missed):.3f}" for forecast in r.floor.forecasts}
    return Finding(furthest <= 0.03, f"{missed} (|Δ| ≤ 0.03)", figures=figures)


def no_floor_sinks(r: Result) -> Finding:
    largest = max(rung.parameters for rung in r.rungs)
    return Finding(
        r.floor.sinks_at <= 10 * largest,
        f"L < {r.entropy:.3f}: N ≥ {r.floor.sinks_at:,.0f}",
        figures={"sinks": f"{r.floor.sinks_at:,.0f}", "largest": f"{largest:,}", "entropy": f"{r.entropy:.3f}"},
    )


CLAIMS = findings.claims(
    sheet_formula,
    compute_follows,
    sum_counts_thrice,
    never_below,
    power_law,
    floor_is_found,
    both_forecast,
    no_floor_sinks,
)
