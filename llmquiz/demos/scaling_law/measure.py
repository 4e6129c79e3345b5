"""How the loss falls with parameters and data, on a language whose entropy is known, and the formulas put beside it.

Kaplan et al. (2020) and Hoffmann et al. (2022, Chinchilla) fitted theirs to text, whose entropy nobody knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from rich.console import Group, RenderableType
from torch.utils.flop_counter import FlopCounterMode

from llmquiz.demos.lab import ladder, ladder_rungs, plots, terminal
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.ladder import TRAINING as TRAINING
from llmquiz.demos.lab.results import Rung
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.scaling_law import fits as _ladder_fits
from llmquiz.demos.scaling_law import formulas
from llmquiz.demos.scaling_law.fits import Exponent, Floor
from llmquiz.demos.scaling_law.formulas import Published, Sum
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    three_laws: Sum
    sum_over_measured: float
    operations: int
    """Counted in one training step of the largest model."""
    six_nd: int
    work_over_six_nd: float


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Test every model, then fit; `quick` changes nothing here, the whole takes a few seconds."""
    rungs = ladder_rungs.tested(ladder.NAMES, device=device, dtype=dtype, progress=part(progress, 0, 0.5))
    entropy = ladder.language().entropy
    losses = torch.tensor([[score.loss for score in rung.scores] for rung in rungs], dtype=torch.float64).T  # (S, n)
    points = [(rung.parameters, rung.tokens) for rung in rungs]
    excesses = losses - entropy
    alpha, beta = _ladder_fits.exponents(points, excesses, seed)
    progress(0.8)
    mean = excesses.mean(0, keepdim=True).log()
    bare = [(rung.without_embedding, rung.tokens) for rung in rungs]
    floor = _ladder_fits.floor(points, losses, entropy, _largest())
    progress(0.9)
    operations, tokens = _operations(ladder.LADDER[-1])
    six_nd = 6 * rungs[_largest()].parameters * tokens
    published, three_laws = formulas.published(), formulas.three_laws(rungs)
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        entropy=entropy,
        rungs=rungs,
        alpha=alpha,
        beta=beta,
        halving=2 ** (1 / alpha.value),
        alpha_without_embedding=float(_ladder_fits.fit(_ladder_fits.excess, bare, mean)[0, 1]),
        fitted=tuple(_excess(points, mean)),
        floor=floor,
        floor_found=floor.found,
        published=published,
        sheet_at_gpt3=published.sheet,
        three_laws=three_laws,
        sum_over_measured=three_laws.added / three_laws.measured,
        operations=operations,
        six_nd=six_nd,
        work_over_six_nd=operations / six_nd,
    )


def _largest() -> int:
    return ladder.NAMES.index(ladder.LADDER[-1])


def _excess(points: list[tuple[int, int]], mean: torch.Tensor) -> list[float]:
    found = _ladder_fits.fit(_ladder_fits.excess, points, mean)[0]
    return _ladder_fits.predicted(_ladder_fits.excess, found, points)


def _operations(name: str) -> tuple[int, int]:
    """Of matrix products in a forward and a backward pass over one batch, and the tokens of it."""
    ladder.language()  # made by then, so that its own products are not counted
    model = ladder.untrained(name, 0).train()
    model.set_attn_implementation("eager")
    with FlopCounterMode(display=False) as counter:
        ladder.loss(name, model, torch.Generator().manual_seed(0), 0.0).backward()  # type: ignore[no-untyped-call]
    return counter.get_total_flops(), ladder.BATCH * ladder.LENGTH


def sheet_formula(r: Result) -> Finding:
    p = r.published
    others = f"{p.kaplan:.2f}, {p.chinchilla:.2f}, {p.gpt3:.2f}"
    holds = abs(p.sheet / p.kaplan - 1) <= 0.1
    return Finding(holds, f"GPT-3: {p.sheet:.2f} {'≈' if holds else '≠'} {others} nats")


def compute_follows(r: Result) -> Finding:
    return Finding(1 <= r.work_over_six_nd <= 1.25, f"{r.operations:,} / {r.six_nd:,} = {r.work_over_six_nd:.3f}")


def sum_counts_thrice(r: Result) -> Finding:
    s = r.three_laws
    terms = f"{s.of_parameters:.2f} + {s.of_tokens:.2f} + {s.of_operations:.2f}"
    return Finding(
        r.sum_over_measured >= 2.5, f"{terms} = {s.added:.2f} = {r.sum_over_measured:.2f} · {s.measured:.2f}"
    )


def never_below(r: Result) -> Finding:
    losses = [score.loss for rung in r.rungs for score in rung.scores]
    above = sum(loss > r.entropy for loss in losses)
    return Finding(above == len(losses), f"{above}/{len(losses)} > {r.entropy:.4f}; min {min(losses):.4f}")


def power_law(r: Result) -> Finding:
    excesses = [rung.mean_loss - r.entropy for rung in r.rungs]
    worst = max(abs(math.log(one / fit)) for one, fit in zip(excesses, r.fitted, strict=True))
    return Finding(
        worst <= 0.25 and r.alpha.low > 0 and r.beta.low > 0, f"max|Δ ln| {worst:.2f} ≤ 0.25 (n={len(excesses)})"
    )


def floor_is_found(r: Result) -> Finding:
    found = (r.floor.found, *r.floor.seeds)
    shown = ", ".join(f"{one:.3f}" for one in r.floor.seeds)
    return Finding(
        max(abs(one - r.entropy) for one in found) <= 0.06, f"{r.floor.found:.3f} ({shown}) ≈ {r.entropy:.3f}"
    )


def both_forecast(r: Result) -> Finding:
    """Over so short a range the forms can hardly be told apart."""
    missed = ", ".join(f"{one.form} {one.missed:+.4f}" for one in r.floor.forecasts)
    return Finding(max(abs(one.missed) for one in r.floor.forecasts) <= 0.03, f"{missed} (|Δ| ≤ 0.03)")


def no_floor_sinks(r: Result) -> Finding:
    largest = r.rungs[_largest()].parameters
    return Finding(r.floor.sinks_at <= 10 * largest, f"L < {r.entropy:.3f}: N ≥ {r.floor.sinks_at:,.0f}")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "sheet-formula": sheet_formula,
    "compute-follows": compute_follows,
    "sum-counts-thrice": sum_counts_thrice,
    "never-below": never_below,
    "power-law": power_law,
    "floor-is-found": floor_is_found,
    "both-forecast": both_forecast,
    "no-floor-sinks": no_floor_sinks,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """The excess over the entropy against N and D, every model, the fits, and the formulas at the size of GPT-3."""
    labels = {key: text[lang] for key, text in words.words.items()}
    models = [
        (
            rung.name,
            f"{rung.parameters:,}",
            f"{rung.tokens:,}",
            f"{rung.mean_loss:.3f} ({min(_losses(rung)):.3f}–{max(_losses(rung)):.3f})",
            f"{rung.mean_loss - result.entropy:.3f}",
            f"{fit:.3f}",
        )
        for rung, fit in zip(result.rungs, result.fitted, strict=True)
    ]
    p, floor = result.published, result.floor
    fits = [
        ("α", f"{result.alpha}", _range(result.alpha.without, 2)),
        ("β", f"{result.beta}", _range(result.beta.without, 2)),
        (labels["free"], f"{floor.found:.3f} ({_range(floor.seeds, 3)})", _range(floor.without, 3)),
    ]
    fits += [(f"{one.form}: {labels['forecast']}", f"{one.missed:+.4f}", "") for one in floor.forecasts]
    gpt3 = [
        (labels["sheet"], f"{p.sheet:.2f}"),
        ("Kaplan, Eq. 1.5", f"{p.kaplan:.2f}"),
        ("Chinchilla", f"{p.chinchilla:.2f}"),
        (labels["trend"], f"{p.gpt3:.2f}"),
    ]
    sizes, data = by_size(result, labels), by_data(result, labels)
    return Group(
        terminal.curves(sizes, x_label=f"N (D = {result.rungs[0].tokens:,})", y_label="L − E", **LOGS, height=9),
        terminal.curves(data, x_label=f"D (d = {ladder.MIDDLE})", y_label="L − E", **LOGS, height=8),
        terminal.table(("", "N", "D", labels["loss"], "L − E", labels["fit"]), models),
        "",
        terminal.table((f"E = {result.entropy:.4f}", labels["interval"], labels["without"]), fits),
        "",
        terminal.table(("GPT-3", "nats"), gpt3),
    )


LOGS: dict[str, Any] = {"log_x": True, "log_y": True}


def _losses(rung: Rung) -> list[float]:
    return [score.loss for score in rung.scores]


def _range(values: Sequence[float], digits: int) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def _series(
    result: Result, labels: Mapping[str, str], names: Sequence[str], x: Callable[[Rung], float]
) -> list[terminal.Series]:
    both = [(rung, fit) for rung, fit in zip(result.rungs, result.fitted, strict=True) if rung.name in names]
    both.sort(key=lambda one: x(one[0]))
    xs = [x(rung) for rung, _ in both]
    return [
        terminal.Series(labels["measured"], xs, [rung.mean_loss - result.entropy for rung, _ in both]),
        terminal.Series(labels["fit"], xs, [fit for _, fit in both]),
    ]


def by_size(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Loss above the entropy over parameters."""
    return _series(result, labels, ladder.LADDER, lambda rung: rung.parameters)


def by_data(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Loss above the entropy over tokens."""
    return _series(result, labels, ladder.BY_DATA, lambda rung: rung.tokens)


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Both laws on logarithmic axes."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (left, right) = plots.blank(words.title[lang], panels=2)
    tokens = result.rungs[0].tokens
    plots.draw(left, by_size(result, labels), x_label=f"N (D = {tokens:,})", y_label="L − E (nats)", **LOGS)
    plots.draw(right, by_data(result, labels), x_label=f"D (d = {ladder.MIDDLE})", y_label="L − E (nats)", **LOGS)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
