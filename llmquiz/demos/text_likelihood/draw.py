"""What each way to give a text a number adds up to over all texts, and what it gives to two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.text_likelihood.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _sums(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, float]]:
    """The number, and its sum over all texts."""
    labels = words.labels(lang)
    return [
        (labels["causal"], result.causal_sum),
        (labels["in-order"], result.order_sums[0]),
        (labels["pseudo"], result.pseudo_sum),
    ]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The sums over all texts, and the passes that each number takes."""
    labels = words.labels(lang)
    several = labels["passes"].format(passes=result.passes)
    bars = [
        (name, value, f"{value:.2f}  {cost}")
        for (name, value), cost in zip(_sums(result, words, lang), (labels["pass"], several, several), strict=True)
    ]
    return terminal.titled(labels["sum"].format(texts=result.texts), terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """What two texts are given."""
    labels = words.labels(lang)
    rows = [
        (
            example.text,
            f"{example.causal:.2g}",
            f"{example.in_order[0]:.2g}–{example.in_order[1]:.2g}",
            f"{example.pseudo:.2g}",
        )
        for example in result.examples
    ]
    header = (labels["text"], labels["causal-short"], labels["orders"].format(orders=result.orders), labels["product"])
    read = labels["occur"].format(true=result.true, texts=result.texts)
    return (Text(read, style="dim"), "", terminal.table(header, rows))


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The sums, as bars."""
    drawn, (axes,) = plots.blank(words.title[lang])
    names, sums = zip(*_sums(result, words, lang), strict=True)
    plots.bars(axes, names, sums, x_label=words.labels(lang)["sum"].format(texts=result.texts))
    return drawn
