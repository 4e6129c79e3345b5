"""What the decoder still gets right without each of its heads; where the heads look, and where a text can be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.icl_circuit.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.icl.arms import PERIODS
from llmquiz.demos.lab.icl.results import GUESSING, answered
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADS = ("model", "heads", "place", "before", "after", "with", "without")


def _rows(result: Result, labels: Mapping[str, str]) -> list[tuple[str, float]]:
    """Which head of the decoder says nothing, with what it does, and the percentage that is right then."""
    decoder = result.decoder
    roles = dict.fromkeys(decoder.heads, labels["idle"])
    roles |= {decoder.first_layer[0]: labels["back"]} | dict.fromkeys(decoder.finders, labels["finds"])
    rows = [(labels["all"], decoder.right)]
    for head, role in roles.items():
        rows.append((labels["silent"].format(layer=head.layer + 1, head=head.head + 1, role=role), head.without))
    return [(name, 100 * share) for name, share in (*rows, (labels["guess"], GUESSING))]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Percent right with all heads and without each."""
    labels = words.labels(lang)
    bars = [(name, value, f"{value:.0f}%") for name, value in _rows(result, labels)]
    return terminal.titled(labels["right"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """What is right along a text, a text and its answers, and the finders of every model."""
    labels = words.labels(lang)
    along = [_along(result, labels)]
    return (
        terminal.curves(along, x_label=labels["along"].format(period=PERIODS[-1]), y_label=labels["percent"], height=9),
        "",
        Text(f"{labels['repeats']}: {result.repeated}"),
        Text(answered(result.guesses, labels)),
        "",
        terminal.table([labels[key] for key in HEADS], _heads(result, labels), title=labels["attention"]),
    )


def _along(result: Result, labels: Mapping[str, str]) -> terminal.Series:
    """Percent right by the place in the text, from the second on."""
    return terminal.Series(
        labels["induction-decoder"], range(2, len(result.along) + 2), [100 * share for share in result.along]
    )


def _heads(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Of each model the head that looks most at one place: before and after the training; then without such heads."""
    rows = []
    for copier in result.copiers:
        numbers = " ".join(f"{head.layer + 1}.{head.head + 1}" for head in copier.finders)
        shares = (copier.fresh, copier.finder.share, copier.right, copier.without)
        rows.append(
            (labels[copier.arm], numbers, f"{-copier.finder.back}", *(f"{100 * share:.0f}" for share in shares))
        )
    return rows


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Percent right without each head, as bars."""
    labels = words.labels(lang)
    drawn, (axes,) = plots.blank(words.title[lang])
    names, values = zip(*_rows(result, labels), strict=True)
    plots.bars(axes, names, values, x_label=labels["right"])
    return drawn
