"""Where the norm stands: gradients by depth, and the largest learning rate that still trains.

Xiong et al. (2020, arXiv:2002.04745), theorem 1: at the start the gradient of the last layer stays of one size behind a
post-norm, and falls with the square root of the depth with a pre-norm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from rich.console import Group, RenderableType
from transformers.models.llama.modeling_llama import LlamaRMSNorm

from llmquiz.demos.lab import plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.prenorm import variants as _norm_variants
from llmquiz.demos.prenorm.variants import D_MODEL, VARIANTS, VOCAB
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

N_LAYERS = 8
RATES = (0.001, 0.004, 0.016, 0.064)
STEPS = 30
CHANCE = math.log(VOCAB)
TRAINS = 0.6 * CHANCE
"""A model trains when the mean loss of its last five steps is below six tenths of chance."""
DEPTHS = (2, 4, 8, 16, 24)
DRAWS = 3
"""Initialisations over which a gradient is averaged."""


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


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Gradients at the start, then every variant at every rate."""
    rates, depths = RATES[2:3] if quick else RATES, DEPTHS[:4] if quick else DEPTHS
    where = {"device": device, "dtype": dtype}
    gradients = {name: tuple(gradient(name, n, seed, **where) for n in depths) for name in ("post", "pre")}
    progress(0.1)
    variants = []
    for i, name in enumerate(VARIANTS):
        variants.append(trained(name, rates, seed, **where))
        progress(0.1 + 0.9 * (i + 1) / len(VARIANTS))
    return Result(
        device=device,
        dtype=dtype,
        rates=rates,
        steps=STEPS,
        chance=CHANCE,
        variants=tuple(variants),
        depths=depths,
        post_gradients=gradients["post"],
        pre_gradients=gradients["pre"],
        post_exponent=exponent(depths, gradients["post"]),
        pre_exponent=exponent(depths, gradients["pre"]),
        gradient_ratio=gradients["post"][-1] / gradients["pre"][-1],
        **norms(seed),
        **feed_forward(),
    )


def gradient(variant: str, n_layers: int, seed: int, *, device: str, dtype: str) -> float:
    """Norm of the last feed-forward matrix's gradient before any step, mean over `DRAWS` starts."""
    sizes = []
    for draw in range(DRAWS):
        model = _norm_variants.make(variant, n_layers, seed=seed + draw, device=device, dtype=dtype)
        _norm_variants.loss_of(model, _norm_variants.chain(0, seed=seed + draw, device=device)).backward()  # type: ignore[no-untyped-call]
        grad = _norm_variants.last_feed_forward(model).grad
        assert grad is not None
        sizes.append(float(grad.norm()))
    return sum(sizes) / len(sizes)


def exponent(depths: tuple[int, ...], values: tuple[float, ...]) -> float:
    """The slope of the values over the depths, both logarithmic, by least squares."""
    x, y = [math.log(n) for n in depths], [math.log(v) for v in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    rise = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return rise / sum((a - mean_x) ** 2 for a in x)


def trained(name: str, rates: tuple[float, ...], seed: int, *, device: str, dtype: str) -> Variant:
    """The loss that a variant reaches at every rate, from the same start each time."""
    losses = tuple(final_loss(name, rate, seed, device=device, dtype=dtype) for rate in rates)
    model = _norm_variants.make(name, N_LAYERS, seed=seed, device=device, dtype=dtype)
    fine = [rate for rate, loss in zip(rates, losses, strict=True) if loss < TRAINS]
    return Variant(name, type(model).__name__, tiny.parameters(model), losses, max(fine, default=0.0))


def final_loss(name: str, rate: float, seed: int, *, device: str, dtype: str) -> float:
    """Mean loss of the last five steps of Adam at a constant rate, no warm-up, no clipping."""
    model = _norm_variants.make(name, N_LAYERS, seed=seed, device=device, dtype=dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    losses = []
    for step in range(STEPS):
        loss = _norm_variants.loss_of(model, _norm_variants.chain(step, seed=seed, device=device))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    last = sum(losses[-5:]) / 5
    return last if last < 2 * CHANCE else 2 * CHANCE  # NaN compares false


def norms(seed: int) -> dict[str, Any]:
    """LayerNorm is RMSNorm of what is left when the mean is taken away."""
    x = 3 + torch.randn(64, D_MODEL, generator=torch.Generator().manual_seed(seed))  # (B, C), with a mean
    layer_norm = torch.nn.LayerNorm(D_MODEL, eps=1e-5)
    rms_norm = LlamaRMSNorm(D_MODEL, eps=1e-5)
    gap = (layer_norm(x) - rms_norm(x - x.mean(-1, keepdim=True))).abs().max()
    sizes = [sum(p.numel() for p in norm.parameters()) for norm in (layer_norm, rms_norm)]
    return {"norm_gap": float(gap.detach()), "layer_norm_parameters": sizes[0], "rms_norm_parameters": sizes[1]}


def feed_forward() -> dict[str, Any]:
    """Weights of a plain and of a gated feed-forward layer, without biases."""
    plain = _norm_variants.make("pre", 1, seed=0, device="cpu", dtype="float32").transformer.h[0].mlp
    gated = _norm_variants.make("swiglu", 1, seed=0, device="cpu", dtype="float32").transformer.h[0].mlp
    counts = [sum(p.numel() for p in mlp.parameters() if p.dim() == 2) for mlp in (plain, gated)]
    return {"plain_weights": counts[0], "gated_weights": counts[1]}


def shrinks_before(r: Result) -> Finding:
    return _trained(r, -0.65 < r.pre_exponent < -0.3, f"L^{r.pre_exponent:.2f}")


def stays_behind(r: Result) -> Finding:
    return _trained(r, r.post_exponent > -0.15, f"L^{r.post_exponent:.2f}")


def larger_rate(r: Result) -> Finding:
    before, behind = r.of("pre").largest_rate, r.of("post").largest_rate
    return _trained(r, before >= 4 * behind and before > 0, _rates(before, behind))


def structure_is_enough(r: Result) -> Finding:
    before, behind = r.of("pre").largest_rate, r.of("post").largest_rate
    return _trained(r, behind >= before, _rates(behind, before))


def both_is_unstable(r: Result) -> Finding:
    both, alone = r.of("both-pre").largest_rate, r.of("pre").largest_rate
    return _trained(r, both < alone, _rates(both, alone))


def rms_is_centred_away(r: Result) -> Finding:
    holds = r.norm_gap < 1e-5 and 2 * r.rms_norm_parameters == r.layer_norm_parameters
    return Finding(holds, f"max|Δ| {r.norm_gap:.1e}; {r.rms_norm_parameters} : {r.layer_norm_parameters}")


def rms_trains_alike(r: Result) -> Finding:
    rms, layer = r.of("rms").largest_rate, r.of("pre").largest_rate
    return _trained(r, rms >= layer > 0, _rates(rms, layer))


def gate_costs_nothing(r: Result) -> Finding:
    share = r.gated_weights / r.plain_weights
    return Finding(abs(share - 1) < 0.01, f"3·d·(8/3)d = {r.gated_weights:,}; 2·d·4d = {r.plain_weights:,}")


def recipe_trains(r: Result) -> Finding:
    recipe, behind = r.of("swiglu").largest_rate, r.of("post").largest_rate
    return _trained(r, recipe >= 4 * behind and recipe > 0, _rates(recipe, behind))


def _rates(one: float, other: float) -> str:
    return f"lr* {one:g} : {other:g}"


def _trained(r: Result, holds: bool, measured: str) -> Finding:
    """Short formats train by other rules: shown, not judged."""
    return exactly(r.dtype, holds, measured)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "shrinks-before": shrinks_before,
    "stays-behind": stays_behind,
    "larger-rate": larger_rate,
    "structure-is-enough": structure_is_enough,
    "both-is-unstable": both_is_unstable,
    "rms-without-mean": rms_is_centred_away,
    "rms-trains-alike": rms_trains_alike,
    "gate-costs-nothing": gate_costs_nothing,
    "recipe-trains": recipe_trains,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Loss by rate and variant, then the gradients by depth."""
    labels = {key: text[lang] for key, text in words.words.items()}
    header = [labels["variant"], *(f"lr {rate:g}" for rate in result.rates), labels["largest"], labels["parameters"]]
    rows = [
        [
            labels[one.name],
            *(f"{loss:.2f}{'' if loss < TRAINS else ' ×'}" for loss in one.losses),
            f"{one.largest_rate:g}" if one.largest_rate else "–",
            f"{one.parameters:,}",
        ]
        for one in result.variants
    ]
    chance = f"{labels['chance']}: ln {VOCAB} = {result.chance:.2f}; ×: {labels['fails']} ({TRAINS:.2f})"
    plot = terminal.curves(
        gradients(result, labels), x_label=labels["depth"], y_label=labels["gradient"], log_x=True, height=10
    )
    return Group(terminal.table(header, rows), chance, "", plot)


def gradients(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Gradient of the last layer over the depth."""
    return [
        terminal.Series(labels["post"], result.depths, result.post_gradients),
        terminal.Series(labels["pre"], result.depths, result.pre_gradients),
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Loss over the rate for each variant, and the gradients by depth."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (rates, depth) = plots.blank(words.title[lang], panels=2)
    lines = [terminal.Series(labels[one.name], result.rates, one.losses) for one in result.variants]
    plots.draw(rates, lines, x_label=labels["rate"], y_label=labels["loss"], log_x=True)
    rates.axhline(result.chance, color="black", linewidth=1)
    plots.draw(depth, gradients(result, labels), x_label=labels["depth"], y_label=labels["gradient"], log_x=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
