"""Loss by learning rate and variant, and the gradient of the last layer by depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.prenorm.claims import TRAINS, VOCAB, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The gradient of the last layer by depth."""
    labels = words.labels(lang)
    return terminal.curves(
        _gradients(result, labels), x_label=labels["depth"], y_label=labels["gradient"], log_x=True, height=8
    )


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Loss by rate and variant."""
    labels = words.labels(lang)
    header = [labels["variant"], *(f"lr {rate:g}" for rate in result.rates), labels["largest"], labels["parameters"]]
    rows = [
        [
            labels[variant.name],
            *(f"{loss:.2f}{'' if loss < TRAINS else ' ×'}" for loss in variant.losses),
            f"{variant.largest_rate:g}" if variant.largest_rate else "–",
            f"{variant.parameters:,}",
        ]
        for variant in result.variants
    ]
    chance = f"{labels['chance']}: ln {VOCAB} = {result.chance:.2f}; ×: {labels['fails']} ({TRAINS:.2f})"
    return (terminal.table(header, rows, title=labels["loss"]), chance)


def _gradients(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Gradient of the last layer over the depth."""
    return [
        terminal.Series(labels["post"], result.depths, result.post_gradients),
        terminal.Series(labels["pre"], result.depths, result.pre_gradients),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Loss over the rate for each variant, and the gradients by depth."""
    labels = words.labels(lang)
    drawn, (rates, depth) = plots.blank(words.title[lang], panels=2)
    lines = [terminal.Series(labels[variant.name], result.rates, variant.losses) for variant in result.variants]
    plots.draw(rates, lines, x_label=labels["rate"], y_label=labels["loss"], log_x=True)
    rates.axhline(result.chance, color="black", linewidth=1, label=labels["chance"])
    rates.axhline(TRAINS, color="gray", linewidth=1, linestyle="--", label=labels["trains"])
    rates.set_ylim(bottom=0)
    rates.set_xticks(result.rates, [f"{rate:g}" for rate in result.rates])
    rates.minorticks_off()
    plots.draw(depth, _gradients(result, labels), x_label=labels["depth"], y_label=labels["gradient"], log_x=True)
    depth.set_xticks(result.depths, [str(n) for n in result.depths])
    depth.minorticks_off()
    depth.set_ylim(bottom=0)
    for axes in (rates, depth):
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)  # above the data
    return drawn
