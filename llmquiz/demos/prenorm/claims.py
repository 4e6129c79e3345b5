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
    return _trained(r, -0.65 < r.pre_exponent < -0.3, f"L^{r.pre_exponent:.2f}")


def stays_behind(r: Result) -> Finding:
    return _trained(r, r.post_exponent > -0.15, f"L^{r.post_exponent:.2f}")


def larger_rate(r: Result) -> Finding:
    pre, post = r.of("pre").largest_rate, r.of("post").largest_rate
    return _trained(r, pre >= 4 * post and pre > 0, _rates(pre, post))


def structure_is_enough(r: Result) -> Finding:
    pre, post = r.of("pre").largest_rate, r.of("post").largest_rate
    return _trained(r, post >= pre, _rates(post, pre))


def both_is_unstable(r: Result) -> Finding:
    encoder_decoder, decoder = r.of("both-pre").largest_rate, r.of("pre").largest_rate
    return _trained(r, encoder_decoder < decoder, _rates(encoder_decoder, decoder))


def rms_without_mean(r: Result) -> Finding:
    holds = r.norm_gap < 1e-5 and 2 * r.rms_norm_parameters == r.layer_norm_parameters
    return Finding(holds, f"max|Δ| {r.norm_gap:.1e}; {r.rms_norm_parameters} : {r.layer_norm_parameters}")


def rms_trains_alike(r: Result) -> Finding:
    rms, layer = r.of("rms").largest_rate, r.of("pre").largest_rate
    return _trained(r, rms >= layer > 0, _rates(rms, layer))


def gate_costs_nothing(r: Result) -> Finding:
    share = r.gated_weights / r.plain_weights
    return Finding(abs(share - 1) < 0.01, f"3·d·(8/3)d = {r.gated_weights:,}; 2·d·4d = {r.plain_weights:,}")


def recipe_trains(r: Result) -> Finding:
    recipe, post = r.of("swiglu").largest_rate, r.of("post").largest_rate
    return _trained(r, recipe >= 4 * post and recipe > 0, _rates(recipe, post))


def _rates(rate: float, against: float) -> str:
    return f"lr* {rate:g} : {against:g}"


def _trained(r: Result, holds: bool, measured: str) -> Finding:
    """Short formats train by other rules: shown, not judged."""
    return exactly(r.dtype, holds, measured)


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
