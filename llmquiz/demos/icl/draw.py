"""Who is right after eight examples, by architecture and mask; and the tables behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.icl.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.icl.arms import INDUCTION, MAPPING
from llmquiz.demos.lab.icl.results import answered, percent, row
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = (1, 2, 4, 8)
"""Examples, in the table."""
HEADER = ("steps", "rate", "seeds", "learned")


def _rows(result: Result, labels: Mapping[str, str]) -> list[tuple[str, float]]:
    """Who is asked, and the percentage that is right after eight examples."""
    here = {model.arm: model.right[-1] for model in result.trained}
    shares = [
        (labels["decoder"], here["decoder"]),
        (labels["opened"], fmean(result.seeds("bidirectional").right)),
        (labels["encoder"], here["encoder"]),
        (labels["encoder-slot"], here["encoder-slot"]),
        (labels["encoder-decoder"], here["encoder-decoder"]),
        (labels["untrained"], result.untrained),
        (labels["copying"], result.copying),
        (labels["possible"], result.best[-1]),
    ]
    return [(name, 100 * share) for name, share in shares]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Percent right after eight examples."""
    labels = words.labels(lang)
    bars = [(name, value, f"{value:.0f}%") for name, value in _rows(result, labels)]
    return terminal.titled(labels["right"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Accuracy by the number of examples, a text and its answers, and every seed of both tasks."""
    labels = words.labels(lang)
    right = [
        (labels[model.arm], *(f"{100 * model.right[k - 1]:.0f}" for k in SHOWN), percent(result.seeds(model.arm).right))
        for model in result.trained
    ]
    right.append((labels["possible"], *(f"{100 * result.best[k - 1]:.0f}" for k in SHOWN), ""))
    return (
        terminal.table((labels["examples"], *(str(k) for k in SHOWN), labels["seeds"]), right),
        "",
        Text(f"{labels['reads']}: {result.read}"),
        Text(answered(result.answers, labels)),
        "",
        _arms("mapping", MAPPING, result, labels),
        "",
        _arms("repeats", INDUCTION, result, labels),
    )


def _arms(title: str, names: Collection[str], result: Result, labels: Mapping[str, str]) -> RenderableType:
    """What every seed of these arms reached, and when."""
    rows = [row(runs, labels) for runs in result.runs if runs.arm in names]
    return terminal.table((labels[title], *(labels[key] for key in HEADER)), rows)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Percent right after eight examples, as bars."""
    labels = words.labels(lang)
    drawn, (axes,) = plots.blank(words.title[lang])
    names, values = zip(*_rows(result, labels), strict=True)
    plots.bars(axes, names, values, x_label=labels["right"])
    return drawn
