"""The mixture between its two dense models, the experts that requests need, and the loads after training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import big, byte_size, duration
from llmquiz.demos.moe.result import CHOSEN, EXPERTS, MOST, REQUESTS, Pair, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The three models side by side: a row a figure, a column a model."""
    labels = words.labels(lang)
    sizes, work = (result.small, result.mixture, result.large), result.work
    operations = work.dense_active, work.mixture, work.dense_total
    rows = [
        (labels["total"], *(big(size.parameters) for size in sizes)),
        (labels["active"], *(big(size.active) for size in sizes)),
        (labels["operations"], *(big(n / work.tokens) for n in operations)),
        (labels["memory"], *(byte_size(size.weight_bytes) for size in sizes)),
    ]
    for timed in result.passes:
        times = (timed.dense_active, timed.mixture, timed.dense_total)
        rows.append((labels["time"].format(tokens=timed.tokens), *(duration(seconds.median) for seconds in times)))
    return terminal.table((labels["model"], labels["dense-active"], labels["mixture"], labels["dense-total"]), rows)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The experts that requests need, and the loads after training."""
    labels = words.labels(lang)
    first = result.trainings[0]
    needed = [
        (labels["needed"], *(f"{fmean(experts):.2f}" for experts in result.touched)),
        (labels["by-chance"], *(f"{by_chance(n):.2f}" for n in REQUESTS)),
    ]
    trainings = [
        (labels["fullest-without"], *(f"{pair.without.fullest:.2f}" for pair in result.trainings)),
        (labels["fullest-with"], *(f"{pair.with_loss.fullest:.2f}" for pair in result.trainings)),
        (labels["loss-without"], *(f"{pair.without.loss:.3f}" for pair in result.trainings)),
        (labels["loss-with"], *(f"{pair.with_loss.loss:.3f}" for pair in result.trainings)),
    ]
    seeds = (f"{labels['seed']} {pair.seed}" for pair in result.trainings)
    return (
        terminal.table((labels["requests"], *(str(n) for n in REQUESTS)), needed),
        "",
        terminal.table((labels["trained"], *seeds), trainings),
        "",
        Text(f"{labels['load']}, {labels['seed']} {first.seed}", style="bold"),
        _loads(first, labels),
    )


def _loads(pair: Pair, labels: Mapping[str, str]) -> RenderableType:
    """The experts of both trainings, the fullest first, on one scale."""
    even, width = sum(pair.without.load) / EXPERTS, 26
    lines = [terminal.pad(f"  {labels['without']}", width + 9) + labels["with"]]
    for i, loads in enumerate(zip(pair.without.load, pair.with_loss.load, strict=True)):
        bars = [f"{'█' * round(n / even / MOST * width)} {n / even:.2f}" for n in loads]
        lines.append(f"{i + 1} {terminal.pad(bars[0], width + 7)}{bars[1]}")
    return Text("\n".join(lines), no_wrap=True)


def by_chance(requests: int) -> float:
    """Experts needed where every token chooses evenly and on its own: E · (1 − (1 − k/E)^n)."""
    return EXPERTS * (1 - (1 - CHOSEN / EXPERTS) ** requests)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Experts needed over the number of requests, and the loads after training."""
    labels = words.labels(lang)
    drawn, (needed, load) = plots.blank(words.title[lang], panels=2)
    curves = [
        terminal.Series(labels["needed"], REQUESTS, [fmean(experts) for experts in result.touched]),
        terminal.Series(labels["by-chance"], REQUESTS, [by_chance(n) for n in REQUESTS]),
    ]
    plots.draw(needed, curves, x_label=labels["requests"], y_label=labels["experts"], log_x=True)
    needed.set_xticks(REQUESTS, [str(n) for n in REQUESTS])
    needed.minorticks_off()
    needed.set_ylim(0, EXPERTS + 0.5)
    pair = result.trainings[0]
    even, places = sum(pair.without.load) / EXPERTS, range(1, EXPERTS + 1)
    for shift, trained, name, hatch in ((-0.2, pair.without, "without", ""), (0.2, pair.with_loss, "with", "//")):
        bars = [n / even for n in trained.load]
        load.bar([i + shift for i in places], bars, width=0.4, label=labels[name], hatch=hatch, edgecolor="black")
    load.axhline(1, color="black", linewidth=1)
    load.set_xlabel(labels["by-load"])
    load.set_ylabel(labels["load"])
    load.legend(frameon=False)
    return drawn
