"""Loss over the length of the text, with the spread of three seeds, and what the models write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.positions.claims import MARKS, SHOWN, TRAINED, Curve, Result, Writing, loss_at
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


FIRST = ("rope", "YaRN", "alibi", "learned", "sinusoidal")
"""The curves of a minute's reading, those with positions, and one stretch."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Loss over the length of the text: four ways, and RoPE stretched by YaRN."""
    labels = words.labels(lang)
    curves = {curve.name: curve for curve in (*result.ways, *result.stretches)}
    lines = [_line(result, curves[name], labels) for name in FIRST]
    return terminal.curves(lines, x_label=labels["shown"], y_label=labels["nats"], height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Every loss with the range of three seeds, what a few steps of training do, and what is written."""
    labels = words.labels(lang)
    header = (labels["length"], *(f"{t}×" for t in SHOWN), *(f"{labels['seeds']} {t}×" for t in MARKS))
    return (
        terminal.table(header, _rows(result, labels)),
        "",
        terminal.table((labels["tuned"], "8×"), _tunings(result, labels)),
        "",
        *(_sample(writing, labels) for writing in result.written),
    )


def _line(r: Result, curve: Curve, labels: Mapping[str, str]) -> terminal.Series:
    return terminal.Series(labels[curve.name], r.lengths, curve.losses)


def _ways(r: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """The five ways, and the best possible prediction below them."""
    return [*(_line(r, curve, labels) for curve in r.ways), terminal.Series(labels["floor"], r.lengths, r.floors)]


def _rows(r: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    spreads, rows = {spread.name: spread for spread in r.seeds}, []
    for name in (curve.name for curve in (*r.ways, *r.stretches)):
        here = (f"{loss_at(r, name, t):.2f}" for t in SHOWN)
        of_seeds = (spreads[f"{name} {t}x"] for t in MARKS)
        rows.append((labels[name], *here, *(f"{spread.low:.2f}–{spread.high:.2f}" for spread in of_seeds)))
    floors = (f"{r.floors[r.lengths.index(t * TRAINED)]:.2f}" for t in SHOWN)
    return [*rows, (labels["floor"], *floors, *("" for _ in MARKS))]


def _tunings(r: Result, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    names = {f"{name} tuned 8x": labels[name] for name in ("rope", "PI", "YaRN")}
    return [(names[spread.name], f"{spread.low:.2f}–{spread.high:.2f}") for spread in r.seeds if spread.name in names]


def _sample(writing: Writing, labels: Mapping[str, str]) -> Text:
    """A text in lines of the trained length, spaces made visible."""
    text = "\n".join(writing.text[i : i + TRAINED].replace(" ", "_") for i in range(0, len(writing.text), TRAINED))
    shares = f"{labels['words']} {writing.inside:.0%} → {writing.beyond:.0%}"
    return Text(f"{labels[writing.name]} ({shares})\n{text}\n", no_wrap=True)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The five ways, and RoPE stretched."""
    labels = words.labels(lang)
    drawn, (ways, stretched) = plots.blank(words.title[lang], panels=2)
    rope = next(curve for curve in result.ways if curve.name == "rope")
    lines = [_line(result, curve, labels) for curve in (rope, *result.stretches)]
    plots.draw(ways, _ways(result, labels), x_label=labels["shown"], y_label=labels["nats"])
    plots.draw(stretched, lines, x_label=labels["shown"], y_label=labels["nats"])
    for axes in (ways, stretched):
        axes.set_ylim(bottom=0)
        axes.set_xticks([times * TRAINED for times in SHOWN])
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)  # above the data
    return drawn
