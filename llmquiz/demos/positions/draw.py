"""Loss over the length of the text, with the spread of three seeds, and what the models write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.positions.claims import MARKS, SHOWN, STRETCHES, TRAINED, Curve, Result, Writing, loss_at
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Loss over length, the table with three seeds, and what is written."""
    labels = words.labels(lang)
    return Group(
        terminal.curves(_ways(result, labels), x_label=labels["shown"], y_label=labels["nats"], height=14),
        "",
        terminal.table(
            (labels["length"], *(f"{t}×" for t in SHOWN), *(f"{labels['seeds']} {t}×" for t in MARKS)),
            _rows(result, labels),
        ),
        "",
        terminal.table((labels["tuned"], "8×"), _tunings(result, labels)),
        "",
        *(_sample(writing, labels) for writing in result.written),
    )


def _name(name: str, labels: Mapping[str, str]) -> str:
    return f"RoPE + {name}" if name in STRETCHES else labels[name]


def _line(r: Result, curve: Curve, labels: Mapping[str, str]) -> terminal.Series:
    return terminal.Series(_name(curve.name, labels), r.lengths, curve.losses)


def _ways(r: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """The five ways, and the best possible prediction below them."""
    return [*(_line(r, curve, labels) for curve in r.ways), terminal.Series(labels["floor"], r.lengths, r.floors)]


def _rows(r: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    spreads, rows = {spread.name: spread for spread in r.seeds}, []
    for name in (curve.name for curve in (*r.ways, *r.stretches)):
        here = (f"{loss_at(r, name, t):.2f}" for t in SHOWN)
        of_seeds = (spreads[f"{name} {t}x"] for t in MARKS)
        rows.append((_name(name, labels), *here, *(f"{spread.low:.2f}–{spread.high:.2f}" for spread in of_seeds)))
    floors = (f"{r.floors[r.lengths.index(t * TRAINED)]:.2f}" for t in SHOWN)
    return [*rows, (labels["floor"], *floors, *("" for _ in MARKS))]


def _tunings(r: Result, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    names = {"rope tuned 8x": labels["rope"], "PI tuned 8x": "RoPE + PI", "YaRN tuned 8x": "RoPE + YaRN"}
    return [(names[spread.name], f"{spread.low:.2f}–{spread.high:.2f}") for spread in r.seeds if spread.name in names]


def _sample(writing: Writing, labels: Mapping[str, str]) -> Text:
    """A text in lines of the trained length, spaces made visible."""
    text = "\n".join(writing.text[i : i + TRAINED].replace(" ", "_") for i in range(0, len(writing.text), TRAINED))
    shares = f"{labels['words']} {writing.inside:.0%} → {writing.beyond:.0%}"
    return Text(f"{_name(writing.name, labels)} ({shares})\n{text}\n", no_wrap=True)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The five ways, and RoPE stretched."""
    labels = words.labels(lang)
    drawn, (ways, stretched) = plots.blank(words.title[lang], panels=2)
    rope = next(curve for curve in result.ways if curve.name == "rope")
    lines = [_line(result, curve, labels) for curve in (rope, *result.stretches)]
    plots.draw(ways, _ways(result, labels), x_label=labels["shown"], y_label=labels["nats"])
    plots.draw(stretched, lines, x_label=labels["shown"], y_label=labels["nats"])
    return drawn
