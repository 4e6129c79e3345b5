"""Losses on gaps beside their floors, and how well whole texts come out by the passes that each took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.infill.result import Result
from llmquiz.demos.infill.setting import ENCODERS, GIBBS, LENGTH
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WAYS = (("decoder", "cache"), *((name, "masks") for name in ENCODERS), (GIBBS, "gibbs"))
"""Models that write, and how; the first three go beside each other in 80 columns."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The loss on one missing letter, between what one side and both sides allow on the same texts."""
    labels = words.labels(lang)
    bars = [(name, loss, f"{loss:.2f}") for name, loss in _one_letter(result, labels)]
    return terminal.titled(labels["one-letter"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Losses on both gaps with all seeds, texts by passes, one gap filled."""
    labels = words.labels(lang)
    header = (labels["way"], *(f"{gap.letters} {labels['letters']}" for gap in result.gaps), labels["seeds"])
    return (
        Text(f"{len(result.parameters)} × {result.model}; {labels['nats']}"),
        terminal.table(header, _losses(result, labels)),
        "",
        terminal.curves(
            _curves(result, labels, WAYS[:3]),
            x_label=labels["passes"],
            y_label=labels["wrote-nats"],
            log_x=True,
            height=9,
        ),
        "",
        terminal.table(
            (labels["wrote"], labels["passes"], labels["positions"], labels["nats-short"], labels["apart"], ""),
            _texts(result, labels),
        ),
        "",
        Text(f"{labels['gap']}: {result.sample.text}"),
        terminal.table(
            (labels["way"], labels["fill"], labels["chance"]),
            [(_name(fill.way, labels), fill.letters, f"{fill.chance:.1%}") for fill in result.sample.fills],
        ),
    )


def _one_letter(result: Result, labels: Mapping[str, str]) -> list[tuple[str, float]]:
    """What is possible from the left, what each model loses on one missing letter, what is possible from both sides."""
    gap = result.gaps[0]
    models = [(labels[name], loss) for name, loss in gap.found]
    tried = labels["candidates"].format(letters=result.candidates_read)
    lowest = (labels["floor-both"], gap.language[1])
    return [(labels["floor-left"], gap.language[0]), *models, (tried, result.candidates), lowest]


def _name(way: str, labels: Mapping[str, str]) -> str:
    """A model, or a model and how it fills, in words."""
    return " · ".join(labels.get(part, part) for part in way.split(", "))


def _losses(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Floors, models, encoders in one pass; the seeds' spread for one letter."""
    rows = [
        (labels[key], *(f"{gap.floors[i]:.2f}" for gap in result.gaps), labels["exact"])
        for i, key in enumerate(("floor-left", "floor-both", "floor-one-pass"))
    ]
    for i, (name, _) in enumerate(result.gaps[0].found):
        losses = (f"{gap.found[i][1]:.2f}" for gap in result.gaps)
        rows.append((labels[name], *losses, _spread(result, name, "gap 1")))
    for i, name in enumerate(ENCODERS):
        longest = result.gaps[-1]
        cells = (f"{longest.one_pass[i][1]:.2f}", _spread(result, name, f"gap {longest.letters}, one pass"))
        rows.append((f"{labels[name]} · {labels['one-pass']}", "", *cells))
    candidates = labels["candidates"].format(letters=result.candidates_read)
    return [*rows, (candidates, f"{result.candidates:.2f}", "", _spread(result, "decoder", "gap 1, candidates"))]


def _spread(result: Result, name: str, figure: str) -> str:
    values = next(seeds.values for seeds in result.seeds if (seeds.model, seeds.figure) == (name, figure))
    return " ".join(f"{value:.2f}" for value in values)


def _texts(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The language, the decoder, each encoder in one pass and in as many as letters, Gibbs sampling at its end."""
    shown = [texts for texts in result.written if texts.way in ("drawn", "cache")]
    shown += [texts for texts in result.written if texts.way == "masks" and texts.passes in (1, LENGTH)]
    shown.append(result.written[-1])
    rows: list[tuple[str, ...]] = []
    for texts in shown:
        name = labels["gibbs"] if texts.way == "gibbs" else labels[texts.model]
        counts = (str(texts.passes or ""), str(texts.positions or ""))
        rows.append((name, *counts, f"{texts.nats:.2f}", f"{texts.divergence:.2f}", texts.example))
    return rows


def _curves(result: Result, labels: Mapping[str, str], ways: Sequence[tuple[str, str]]) -> list[terminal.Series]:
    """Nats a letter of written texts over the passes, by model and way; the language's own as a level."""
    series = []
    for name, way in ways:
        points = [texts for texts in result.written if (texts.model, texts.way) == (name, way)]
        label = labels["gibbs" if way == "gibbs" else name]
        series.append(terminal.Series(label, [point.passes for point in points], [point.nats for point in points]))
    last = max(passes for curve in series for passes in curve.x)
    return [*series, terminal.Series(labels["language"], [1, last], [result.language_nats] * 2)]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The losses on one missing letter, and written texts by passes."""
    labels = words.labels(lang)
    drawn, (gaps, texts) = plots.blank(words.title[lang], panels=2)
    names, losses = zip(*_one_letter(result, labels), strict=True)
    plots.bars(gaps, names, losses, x_label=labels["one-letter"])
    plots.draw(texts, _curves(result, labels, WAYS), x_label=labels["passes"], y_label=labels["wrote-nats"], log_x=True)
    texts.set_ylim(bottom=0)
    texts.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, fontsize=8)
    return drawn
