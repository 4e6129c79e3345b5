"""Mixture of experts: parameters of a large model, arithmetic of a small one, and what that does not save."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from rich.console import Group, RenderableType
from rich.text import Text
from torch import Tensor

from llmquiz.demos.lab import plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly, reaching
from llmquiz.demos.lab.quantities import big, byte_size, duration, ratio
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.moe import experts as _experts
from llmquiz.demos.moe import load_balancing
from llmquiz.demos.moe.experts import CHOSEN, EXPERTS, Pass, Routing, Size, Work
from llmquiz.demos.moe.load_balancing import MOST, Pair
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-4
"""Relative to the largest output: far above what float32 loses here."""
REQUESTS = (1, 2, 4, 8, 16, 32, 64)
PUBLISHED = 46.7e9, 12.9e9
"""Mixtral 8x7B as announced by Mistral AI, December 2023: total and active parameters."""


def moe(x: Tensor, router: Tensor, experts: list[Callable[[Tensor], Tensor]], k: int = 2) -> Tensor:
    """Top-k routing as in Mixtral: x (tokens, C), router (C, E); the gates of the chosen experts sum to one."""
    best, chosen = (x @ router).topk(k, dim=-1)  # both (tokens, k)
    gates = torch.softmax(best, dim=-1)
    out = torch.zeros_like(x)
    for e, expert in enumerate(experts):
        token, slot = (chosen == e).nonzero(as_tuple=True)
        out[token] += gates[token, slot, None] * expert(x[token])
    return out


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


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """A mixture beside two dense models, then two trainings of a smaller one for each seed."""
    settings: dict[str, Any] = {"d_model": 256 if quick else 512, "n_layers": 4, "device": device, "dtype": dtype}
    model, small = _experts.mixture(**settings), tiny.llama(**settings)
    large = tiny.llama(d_ff=EXPERTS // CHOSEN * tiny.swiglu_width(settings["d_model"]), **settings)
    used = _experts.moved_by_one_token(model, seed=seed)
    model.requires_grad_(False)
    mixture = _experts.size(model, sum(EXPERTS - n for n in used) * _experts.expert_size(model.config))
    progress(0.2)
    passes = _experts.passes(model, small, large, quick=quick, seed=seed, device=device)
    progress(0.5)
    trainings = load_balancing.pairs(range(seed, seed + (1 if quick else 3)), device, part(progress, 0.5, 0.95))
    needed = tuple(_experts.touched(model, requests, seed=seed) for requests in REQUESTS)
    published_total, published_active = _experts.published()
    work = _experts.work(model, small, large, seed=seed)
    routing = _experts.routing(model, moe, seed=seed)
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        small=_experts.size(small),
        mixture=mixture,
        large=_experts.size(large),
        active_formula=mixture.parameters - _experts.unused(model.config),
        active_share=100 * mixture.active / mixture.parameters,
        routing=routing,
        used=used,
        work=work,
        work_saved=work.dense_total / work.mixture,
        touched=needed,
        touched_by_four=mean(needed[REQUESTS.index(4)]),
        passes=passes,
        trainings=trainings,
        published_total=published_total,
        published_active=published_active,
    )


def router_card(r: Result) -> Finding:
    worst = max(r.routing.own_gap, r.routing.renormalised_gap, r.routing.gate_sum_gap)
    return exactly(r.dtype, worst <= ROUNDING, f"max|Δ| {worst:.1e} ≤ {ROUNDING:g}")


def gated_sum(r: Result) -> Finding:
    return exactly(
        r.dtype, r.routing.sparse_sum_gap <= ROUNDING, f"max|Δ| {r.routing.sparse_sum_gap:.1e} ≤ {ROUNDING:g}"
    )


def dense_mixture(r: Result) -> Finding:
    times = r.routing.dense_rows / r.routing.rows
    holds = r.routing.dense_gap > 0.1 and r.routing.rows == r.routing.tokens * CHOSEN and times == EXPERTS / CHOSEN
    return Finding(
        holds, f"max|Δ| {r.routing.dense_gap:.2g} > 0.1; {r.routing.dense_rows}/{r.routing.rows} = ×{times:g}"
    )


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
    slower = [one.slower.reaches(1.1) for one in r.passes]
    shown = ", ".join(f"T={one.tokens} {one.slower}" for one in r.passes)
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
    shares = [pair.without.fullest for pair in r.trainings]
    return Finding(min(shares) >= 2.5, f"{_list(shares)} ≥ 2.5 ({MOST:g} = max)")


def balanced(r: Result) -> Finding:
    gains = [pair.without.fullest / pair.with_loss.fullest for pair in r.trainings]
    return Finding(
        min(gains) >= 1.2, f"{_list([pair.with_loss.fullest for pair in r.trainings])}: ÷{_list(gains)} ≥ 1.2"
    )


def _list(values: list[float]) -> str:
    return " ".join(f"{value:.3g}" for value in values)


def not_56b(r: Result) -> Finding:
    found = r.published_total, r.published_active
    holds = all(abs(one / stated - 1) < 0.01 for one, stated in zip(found, PUBLISHED, strict=True))
    return Finding(holds, f"{found[0]:,} < 8 × 7B, {found[1]:,} ({found[1] / found[0]:.1%})")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "router-card": router_card,
    "gated-sum": gated_sum,
    "dense-mixture": dense_mixture,
    "two-of-eight": two_of_eight,
    "compute-unchanged": compute_unchanged,
    "equal-total": equal_total,
    "costs-nothing": costs_nothing,
    "faster-than-total": faster_than_total,
    "all-in-memory": all_in_memory,
    "collapses": collapses,
    "balanced": balanced,
    "not-56b": not_56b,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """The three models side by side, the experts that requests need, and the loads after training."""
    labels = {key: text[lang] for key, text in words.words.items()}
    pair = result.trainings[0]
    trainings = [
        (labels["fullest-without"], *(f"{one.without.fullest:.2f}" for one in result.trainings)),
        (labels["fullest-with"], *(f"{one.with_loss.fullest:.2f}" for one in result.trainings)),
        (labels["loss-without"], *(f"{one.without.loss:.3f}" for one in result.trainings)),
        (labels["loss-with"], *(f"{one.with_loss.loss:.3f}" for one in result.trainings)),
    ]
    return Group(
        comparison(result, labels),
        "",
        terminal.table(
            (labels["requests"], *(str(n) for n in REQUESTS)),
            [
                (labels["needed"], *(f"{mean(one):.2f}" for one in result.touched)),
                (labels["by-chance"], *(f"{by_chance(n):.2f}" for n in REQUESTS)),
            ],
        ),
        "",
        terminal.table((labels["trained"], *(f"{labels['seed']} {one.seed}" for one in result.trainings)), trainings),
        "",
        f"{labels['load']}, {labels['seed']} {pair.seed}",
        loads(pair, labels),
    )


def loads(pair: Pair, labels: Mapping[str, str]) -> RenderableType:
    """The experts of both trainings, the fullest first, on one scale."""
    even, width = sum(pair.without.load) / EXPERTS, 26
    lines = [terminal.pad(f"  {labels['without']}", width + 9) + labels["with"]]
    for i, both in enumerate(zip(pair.without.load, pair.with_loss.load, strict=True)):
        bars = [f"{'█' * round(n / even / MOST * width)} {n / even:.2f}" for n in both]
        lines.append(f"{i + 1} {terminal.pad(bars[0], width + 7)}{bars[1]}")
    return Text("\n".join(lines), no_wrap=True)


def comparison(result: Result, labels: Mapping[str, str]) -> RenderableType:
    """A row a figure, a column a model."""
    sizes, work = (result.small, result.mixture, result.large), result.work
    operations = work.dense_active, work.mixture, work.dense_total
    rows = [
        (labels["total"], *(big(one.parameters) for one in sizes)),
        (labels["active"], *(big(one.active) for one in sizes)),
        (labels["memory"], *(byte_size(one.weight_bytes) for one in sizes)),
        (labels["operations"], *(big(n / work.tokens) for n in operations)),
    ]
    rows += [
        (
            f"{labels['time']} T={one.tokens}",
            *(duration(t.median) for t in (one.dense_active, one.mixture, one.dense_total)),
        )
        for one in result.passes
    ]
    return terminal.table((labels["model"], labels["dense-active"], labels["mixture"], labels["dense-total"]), rows)


def mean(needed: tuple[int, ...]) -> float:
    return sum(needed) / len(needed)


def by_chance(requests: int) -> float:
    """Experts needed where every token chooses evenly and on its own: E · (1 − (1 − k/E)^n)."""
    return EXPERTS * (1 - (1 - CHOSEN / EXPERTS) ** requests)


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Experts needed over the number of requests, and the loads after training."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (needed, load) = plots.blank(words.title[lang], panels=2)
    curves = [
        terminal.Series(labels["needed"], REQUESTS, [mean(one) for one in result.touched]),
        terminal.Series(labels["by-chance"], REQUESTS, [by_chance(n) for n in REQUESTS]),
    ]
    plots.draw(needed, curves, x_label=labels["requests"], y_label=labels["experts"], log_x=True)
    pair = result.trainings[0]
    even, places = sum(pair.without.load) / EXPERTS, range(1, EXPERTS + 1)
    for shift, one, name, hatch in ((-0.2, pair.without, "without", ""), (0.2, pair.with_loss, "with", "//")):
        bars = [n / even for n in one.load]
        load.bar([i + shift for i in places], bars, width=0.4, label=labels[name], hatch=hatch, edgecolor="black")
    load.axhline(1, color="black", linewidth=1)
    load.set_xlabel(labels["experts"])
    load.set_ylabel(labels["load"])
    load.legend(frameon=False)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
