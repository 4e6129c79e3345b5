"""What is measured of pre-norm and post-norm, and what each claim says of it; without torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

VOCAB = 8
CHANCE = math.log(VOCAB)
"""The loss of guessing, in nats."""
TRAINS = 0.6 * CHANCE
"""A model trains when the mean loss of its last five steps is below six tenths of chance."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One model, trained anew at every learning rate from the same start."""

    name: str
    model: str
    parameters: int
    losses: tuple[float, ...]
    """Mean of the last five steps at each rate, capped at twice chance where it ran away."""
    largest_rate: float
    """The largest at which it trains, 0 for none."""

    @property
    def best(self) -> float:
        return min(self.losses)


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    rates: tuple[float, ...]
    steps: int
    chance: float
    variants: tuple[Variant, ...]
    depths: tuple[int, ...]
    post_gradients: tuple[float, ...]
    """Norm of the gradient of the last feed-forward matrix before the first step."""
    pre_gradients: tuple[float, ...]
    post_exponent: float
    """Of the depth, fitted: 0 is no change, -0.5 one over the square root."""
    pre_exponent: float
    norm_gap: float
    """LayerNorm against RMSNorm of what is left after the mean, largest difference."""
    layer_norm_parameters: int
    rms_norm_parameters: int
    plain_weights: int
    """Of a feed-forward layer of width 4 d."""
    gated_weights: int
    gradient_ratio: float
    """Post-norm over pre-norm, in the deepest model."""

    def of(self, name: str) -> Variant:
        """The variant of that name."""
        return next(variant for variant in self.variants if variant.name == name)


def shrinks_before(r: Result) -> Finding:
    figures = _ends(r, r.pre_gradients)
    return _trained(r, -0.65 < r.pre_exponent < -0.3, f"L^{r.pre_exponent:.2f}", figures)


def stays_behind(r: Result) -> Finding:
    return _trained(r, r.post_exponent > -0.15, f"L^{r.post_exponent:.2f}", _ends(r, r.post_gradients))


def _ends(r: Result, gradients: tuple[float, ...]) -> dict[str, str]:
    """The gradient in the shallowest and in the deepest model."""
    few, many = f"{r.depths[0]}", f"{r.depths[-1]}"
    return {"few": few, "shallow": f"{gradients[0]:.2f}", "many": many, "deep": f"{gradients[-1]:.2f}"}


def larger_rate(r: Result) -> Finding:
    return _four_times(r, "pre", "post")


def structure_is_enough(r: Result) -> Finding:
    pre, post = r.of("pre").largest_rate, r.of("post").largest_rate
    return _trained(r, post >= pre, _rates(post, pre), _named(r, pre=pre, post=post))


def both_is_unstable(r: Result) -> Finding:
    both, decoder = r.of("both-pre").largest_rate, r.of("pre").largest_rate
    return _trained(r, both < decoder, _rates(both, decoder), _named(r, both=both, decoder=decoder))


def rms_without_mean(r: Result) -> Finding:
    holds = r.norm_gap < 1e-5 and 2 * r.rms_norm_parameters == r.layer_norm_parameters
    figures = {"gap": f"{r.norm_gap:.0e}", "rms": f"{r.rms_norm_parameters}", "layer": f"{r.layer_norm_parameters}"}
    return Finding(holds, f"max|Δ| {r.norm_gap:.1e}; {r.rms_norm_parameters} : {r.layer_norm_parameters}", "", figures)


def rms_trains_alike(r: Result) -> Finding:
    rms, layer = r.of("rms").largest_rate, r.of("pre").largest_rate
    return _trained(r, rms >= layer > 0, _rates(rms, layer), _named(r, rms=rms, layer=layer))


def gate_costs_nothing(r: Result) -> Finding:
    share = r.gated_weights / r.plain_weights
    return Finding(
        abs(share - 1) < 0.01,
        f"3·d·(8/3)d = {r.gated_weights:,}; 2·d·4d = {r.plain_weights:,}",
        figures={"gated": f"{r.gated_weights:,}", "plain": f"{r.plain_weights:,}"},
    )


def recipe_trains(r: Result) -> Finding:
    return _four_times(r, "swiglu", "post")


def _four_times(r: Result, name: str, against: str) -> Finding:
    """A variant trains at a rate at least four times that of another: judged where a quarter of it was tried."""
    rate, other = r.of(name).largest_rate, r.of(against).largest_rate
    holds = rate >= 4 * other and rate > 0
    figures = _named(r, rate=rate, other=other)
    if holds and 4 * min(r.rates) > rate:
        return Finding(None, _rates(rate, other), "too-small", figures)
    return _trained(r, holds, _rates(rate, other), figures)


def _rates(rate: float, against: float) -> str:
    return f"lr* {rate:g} : {against:g}"


def _named(r: Result, **rates: float) -> dict[str, str]:
    """The largest rates that train, by name; below the least that was tried where none does."""
    return {name: f"{rate:g}" if rate else f"< {min(r.rates):g}" for name, rate in rates.items()}


def _trained(r: Result, holds: bool, measured: str, figures: dict[str, str]) -> Finding:
    """Short formats train by other rules: shown, not judged."""
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


CLAIMS = findings.claims(
    shrinks_before,
    stays_behind,
    larger_rate,
    structure_is_enough,
    both_is_unstable,
    rms_without_mean,
    rms_trains_alike,
    gate_costs_nothing,
    recipe_trains,
)
