"""What is copied by distance and angles, and what plain text costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.terminal import Series
from llmquiz.demos.rope_edge.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _names(result: Result, words: DemoText, lang: Lang) -> list[str]:
    """What each choice of angles is called."""
    labels = words.labels(lang)
    return [labels["plain"], *(f"{labels[rope.name]} ×{result.factor}" for rope in result.ropes[1:])]


def _series(result: Result, words: DemoText, lang: Lang) -> list[Series]:
    """The share copied right by distance, a curve for each choice of angles."""
    names = _names(result, words, lang)
    return [Series(name, result.distances, rope.shares) for name, rope in zip(names, result.ropes, strict=True)]


def _axes(result: Result, words: DemoText, lang: Lang) -> tuple[str, str]:
    """What stands along the axes x and y."""
    labels = words.labels(lang)
    return labels["distance"].format(trained=f"{result.trained:,}"), labels["share"]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The share copied right by distance."""
    x_label, y_label = _axes(result, words, lang)
    return terminal.curves(_series(result, words, lang), height=8, x_label=x_label, y_label=y_label)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The shares by distance, the loss on plain text, and how far the angles turn."""
    labels, names = words.labels(lang), _names(result, words, lang)
    columns = zip(*(rope.shares for rope in result.ropes), strict=True)
    rows = [
        (f"{distance:,} ({distance / result.trained:.2f} T)", *(f"{share:.2f}" for share in shares))
        for distance, shares in zip(result.distances, columns, strict=True)
    ]
    losses = (labels["loss"], *(f"{rope.loss:.2f}" for rope in result.ropes))
    plain = result.rope("plain").loss
    rest = [
        (labels["far"].format(distance=f"{moved:,}"), f"{loss:.2f} ({loss - plain:+.2f})") for moved, loss in result.far
    ]
    rest.append((labels["unturned"], f"{result.unturned} / {result.pairs}"))
    drawn = labels["copied"].format(copied=result.copied, draws=result.draws)
    return (terminal.table((drawn, *names), [*rows, losses]), "", terminal.table((labels["more"], ""), rest))


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The share copied right by distance, with a line at the trained length."""
    drawn, (axes,) = plots.blank(words.title[lang])
    x_label, y_label = _axes(result, words, lang)
    plots.draw(axes, _series(result, words, lang), x_label=x_label, y_label=y_label)
    axes.axvline(result.trained, color="0.5", linestyle=":")
    return drawn
