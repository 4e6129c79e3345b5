"""The score by the way of asking, and where the letters go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.letter_bias.claims import LETTERS, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _rows(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, float]]:
    """The ways of asking by their names, and the score."""
    labels = words.labels(lang)
    names = {
        "letters": labels["letters"],
        "digits": labels["digits"],
        "chat": labels["chat"],
        "corrected": labels["corrected"],
        "orders": labels["orders"],
        "listed": labels["listed"],
        "text": labels["text"],
        "mean": labels["mean"],
        "chars": labels["chars"],
        "against-blind": labels["against-blind"],
    }
    return [(names[way.name], way.accuracy) for way in result.ways]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The score by the way of asking."""
    bars = [(name, accuracy, f"{accuracy:.0%}") for name, accuracy in _rows(result, words, lang)]
    return terminal.titled(words.labels(lang)["score"].format(count=result.questions), terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Each letter, what is left without the question, and the prompts."""
    labels = words.labels(lang)
    every = sum(result.chosen)
    rows = [
        (labels["placed"], *(f"{accuracy:.0%}" for accuracy in result.by_place)),
        (labels["chosen"], *(f"{count / every:.0%}" for count in result.chosen)),
        (labels["prior"], *(f"{share:.0%}" for share in result.prior)),
        (labels["chosen-corrected"], *(f"{count / every:.0%}" for count in result.corrected_chosen)),
    ]
    controls = [
        (labels["own"], f"{result.accuracy('text'):.0%}"),
        (labels["other"], f"{result.swapped:.0%}"),
        (labels["none"], f"{result.blind:.0%}"),
    ]
    parts: list[RenderableType] = [
        terminal.table((labels["by-letter"], *LETTERS), rows),
        Text(labels["mass"].format(mass=f"{result.mass:.0%}")),
        "",
        terminal.table((labels["by-text"], ""), controls),
        "",
        Text(labels["prompts"], style="bold"),
    ]
    return [*parts, *(Text(f"{prompt}\n", style="dim") for prompt in result.prompts)]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The score by the way of asking, as bars."""
    drawn, (axes,) = plots.blank(words.title[lang])
    names, scores = zip(*_rows(result, words, lang), strict=True)
    x_label = words.labels(lang)["score"].format(count=result.questions)
    plots.bars(axes, names, [100 * score for score in scores], x_label=f"{x_label} (%)")
    return drawn
