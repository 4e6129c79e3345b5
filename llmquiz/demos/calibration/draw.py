"""Reliability diagrams by temperature, the controls beside them, and where the model was surest and wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.calibration.claims import Result, Tempered
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.terminal import Series
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST = 20
"""Bins of fewer places are not drawn: chance moves them too far."""
DRAWN = (1.0, 0.5, 1.5)


def _curves(result: Result, words: DemoText, lang: Lang) -> list[Series]:
    """Accuracy by confidence, and the diagonal on which both are equal."""
    series = []
    for temperature in DRAWN:
        bins = [b for b in result.at(temperature).bins if b.count >= LEAST]
        series.append(Series(f"T={temperature:g}", [b.confidence for b in bins], [b.accuracy for b in bins]))
    return [*series, Series(words.labels(lang)["perfect"], (0.0, 1.0), (0.0, 1.0))]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The reliability diagram."""
    labels = words.labels(lang)
    came = labels["came"].format(least=LEAST)
    return terminal.curves(_curves(result, words, lang), x_label=labels["probability"], y_label=came, height=8)


def _bins(tempered: Tempered) -> dict[float, str]:
    """Count, confidence and accuracy of each bin, by its lower edge."""
    return {b.low: f"{b.count}: {b.confidence:.2f} / {b.accuracy:.2f}" for b in tempered.bins}


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """By temperature, by bin, the controls, the surest misses, and what was read."""
    labels = words.labels(lang)
    by_temperature = [
        (
            f"{t.temperature:g}",
            f"{t.confidence:.3f}",
            f"{t.hits / result.places:.3f}",
            f"{t.error:.3f}",
            f"{t.loss:.2f}",
        )
        for t in result.tempered
    ]
    columns = [_bins(result.at(t)) for t in DRAWN]
    edges = sorted({low for column in columns for low in column})
    by_bin = [(f"{low:.1f}–{low + 0.1:.1f}", *(column.get(low, "") for column in columns)) for low in edges]
    controls = [
        (labels["width"], f"{result.at(1.0).error:.3f}"),
        (labels["count"], f"{result.equal_error:.3f}"),
        (labels["ideal"], f"{result.ideal_error:.3f}"),
        (labels["shuffled"], f"{result.shuffled_error:.3f}"),
        (labels["blind"], f"{result.blind_error:.3f}"),
    ]
    misses = [(m.before, m.predicted, m.actual, f"{m.confidence:.2f}") for m in result.misses]
    return (
        terminal.table(("T", labels["mean"], labels["right"], "ECE", "loss (nat)"), by_temperature),
        "",
        terminal.table((labels["bin"], *(f"T={t:g}" for t in DRAWN)), by_bin, title=labels["each"]),
        "",
        terminal.table((labels["controls"], "ECE"), controls),
        "",
        terminal.table((labels["before"], labels["predicted"], labels["actual"], "p"), misses, title=labels["misses"]),
        "",
        Text(labels["read"].format(places=f"{result.places:,}"), style="bold"),
        Text(result.text, style="dim"),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The reliability diagram, and how many places each bin holds."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], 2)
    plots.draw(
        left, _curves(result, words, lang), x_label=labels["probability"], y_label=labels["came"].format(least=LEAST)
    )
    counts = [
        Series(f"T={t:g}", [b.low + 0.05 for b in bins], [b.count for b in bins])
        for t in DRAWN
        for bins in (result.at(t).bins,)
    ]
    plots.draw(right, counts, x_label=labels["probability"], y_label=labels["places"])
    return drawn
