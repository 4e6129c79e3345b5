"""The loss by what is masked and what stands behind the token, and what is written with a cache."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.unmasking.claims import Guess, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _rows(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, Guess]]:
    """What is read, and how well the token is predicted from it."""
    labels = words.labels(lang)
    return [
        (labels["causal"], result.causal),
        (labels["alone"], result.open_alone),
        (labels["hidden"], result.open_hidden),
        (labels["hidden-swapped"], result.open_hidden_swapped),
        (labels["visible"], result.open_visible),
        (labels["visible-swapped"], result.open_swapped),
    ]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The loss in each of the cases."""
    bars = [(name, row.loss, f"{row.loss:.2f}  {row.right:4.0%}") for name, row in _rows(result, words, lang)]
    return terminal.titled(words.labels(lang)["loss"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Earlier states and the cache, with the mask and without; what is written; and the text that was read."""
    labels = words.labels(lang)
    own, control = result.open_written, result.causal_written
    rows = [
        (labels["moved"], f"{result.causal_moved:.0%}", f"{result.open_moved:.0%}"),
        (labels["equal"], f"{control.equal} / {control.tokens}", f"{own.equal} / {own.tokens}"),
    ]
    texts = [
        (labels["mask"], control.text),
        (labels["recomputed"], own.text),
        (labels["cached"], own.cached_text),
    ]
    return (
        terminal.table(("", labels["mask"], labels["no-mask"]), rows),
        "",
        Text(labels["written"], style="bold"),
        *(Text(f"{name}: {' '.join(text.split())}") for name, text in texts),
        "",
        Text(labels["read"].format(tokens=result.tokens, windows=result.windows), style="bold"),
        Text(result.text, style="dim"),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The loss in each of the cases, as bars."""
    drawn, (axes,) = plots.blank(words.title[lang])
    rows = _rows(result, words, lang)
    plots.bars(axes, [name for name, _ in rows], [row.loss for _, row in rows], x_label=words.labels(lang)["loss"])
    return drawn
