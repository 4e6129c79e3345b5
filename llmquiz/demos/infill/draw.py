"""Losses on gaps beside their floors, and how well whole texts come out by the passes that each took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.infill.claims import Result
from llmquiz.demos.infill.setting import ENCODERS, GIBBS, LENGTH
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Losses on gaps beside their floors, the same of all seeds, texts by passes, one gap filled."""
    labels = words.labels(lang)
    header = (labels["way"], *(f"{gap.letters} {labels['letters']}" for gap in result.gaps), labels["seeds"])
    return Group(
        Text(f"{len(result.parameters)} × {result.model}; {labels['nats']}"),
        terminal.table(header, _losses(result, labels)),
        "",
        terminal.curves(
            _curves(result),
            x_label=labels["passes"],
            y_label=f"{labels['nats']}; H: {labels['language']}",
            log_x=True,
            height=9,
        ),
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


def _name(way: str, labels: Mapping[str, str]) -> str:
    """A model, or a model and how it fills, in words."""
    return ", ".join(labels.get(part, part) for part in way.split(", "))


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
        rows.append((f"{labels[name]}, {labels['one-pass']}", "", *cells))
    candidates = f"{labels['decoder']}, {result.candidates_read} {labels['candidates']}"
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


def _curves(result: Result) -> list[terminal.Series]:
    """Nats a letter of written texts over the passes; the language's own, H, as a level."""
    ways = [(name, "masks", name) for name in ENCODERS]
    ways += [("decoder", "cache", "decoder"), (GIBBS, "gibbs", "Gibbs")]
    series = []
    for name, way, label in ways:
        points = [texts for texts in result.written if (texts.model, texts.way) == (name, way)]
        series.append(terminal.Series(label, [point.passes for point in points], [point.nats for point in points]))
    last = max(texts.passes for texts in result.written)
    return [*series, terminal.Series("H", [1, last], [result.language_nats] * 2)]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The losses on gaps between their floors, and written texts by passes."""
    labels = words.labels(lang)
    drawn, (gaps, texts) = plots.blank(words.title[lang], panels=2)
    names = [name for name, _ in result.gaps[0].found]
    for gap, mark, dashes in zip(result.gaps, "os", ("--", ":"), strict=True):
        missing = f"{gap.letters} {labels['letters']}"
        gaps.plot(range(len(names)), [loss for _, loss in gap.found], mark, label=missing)
        gaps.axhline(gap.floors[1], linestyle=dashes, color="0.4", label=f"{labels['floor-both']}, {missing}")
    gaps.axhline(result.gaps[0].floors[0], color="0.4", label=labels["floor-left"])
    gaps.set_xticks(range(len(names)), [labels[name] for name in names], rotation=30, ha="right")
    gaps.set_ylabel(labels["nats"])
    gaps.legend(frameon=False)
    plots.draw(texts, _curves(result), x_label=labels["passes"], y_label=labels["nats"], log_x=True)
    return drawn
