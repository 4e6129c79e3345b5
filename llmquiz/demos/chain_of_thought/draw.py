"""Accuracy over length, what an answer costs, what a flip turns, and what the models write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.chain_of_thought.claims import SLOTS, WAYS, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


SHOWN = ("steps", "direct", "dots", "long")
"""Ways in the plot; labels alone are between `direct` and `dots`."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Accuracy over length."""
    labels = words.labels(lang)
    curves = _lengths(result, labels, SHOWN)
    return terminal.curves(curves, x_label=labels["bits"], y_label=labels["right"], height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Cost and training of each way, what flips do, and the samples."""
    labels = words.labels(lang)
    costs = [
        (
            labels[way.name],
            str(way.passes),
            str(way.positions),
            str(way.trained),
            f"{way.rate:g}",
            "/".join(f"{100 * share:.0f}" for share in way.seeds),
            "/".join(f"{steps}" if steps else "–" for steps in way.learnt),
        )
        for way in result.ways
    ]
    heading = ("passes", "positions", "trained", "rate", "seeds", "learnt")
    parts: list[RenderableType] = [
        result.model,
        terminal.table(("", *(labels[key] for key in heading)), costs),
        "",
        terminal.heat(
            (result.flips.bit, result.flips.bit_direct),
            rows=(labels["after-five"], labels["long"]),
            title=labels["flip-bit"],
            top=1.0,
            labels=24,
        ),
        f"{labels['flip-step']}: {' '.join(f'{100 * share:.0f}' for share in result.flips.step)}",
    ]
    for sample in result.samples:
        rows = [
            (labels[name], "·" * (SLOTS if way == "dots" else 0) + text, "=" if right else "≠")
            for (name, way), text, right in zip(WAYS.items(), sample.written, sample.right, strict=True)
        ]
        parts += ["", terminal.table((f"{sample.bits}?", labels["written"], sample.answer), rows)]
    return parts


def _lengths(result: Result, labels: Mapping[str, str], names: Sequence[str]) -> list[terminal.Series]:
    """Percent right over the number of bits; a name is the way of answering and how long it was trained."""
    bits, series = range(1, SLOTS + 1), []
    for way in map(result.way, names):
        label = labels["direct" if way.name == "long" else way.name]
        shares = [100 * share for share in way.by_bits]
        series.append(terminal.Series(f"{label} ({way.trained:,})", bits, shares))
    return series


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Accuracy over length, and the share of answers that a flipped bit turns."""
    labels = words.labels(lang)
    drawn, (accuracy, turned) = plots.blank(words.title[lang], panels=2)
    plots.draw(accuracy, _lengths(result, labels, tuple(WAYS)), x_label=labels["bits"], y_label=labels["right"])
    places = range(1, SLOTS + 1)
    flips = (("after-five", result.flips.bit), ("long", result.flips.bit_direct))
    series = [terminal.Series(labels[name], places, [100 * share for share in shares]) for name, shares in flips]
    plots.draw(turned, series, x_label=labels["place"], y_label=labels["turned"])
    for axes in (accuracy, turned):
        axes.set_ylim(-5, 105)
        axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    return drawn
