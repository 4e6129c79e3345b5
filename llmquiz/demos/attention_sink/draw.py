"""The loss by what a window keeps, and who attends to the first token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.attention_sink.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _rows(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, float]]:
    """What is visible, and the loss."""
    labels = words.labels(lang)
    window = labels["window"].format(window=result.window)
    rows = [(f"{window} + {row.first}" if row.first else window, row.loss) for row in result.kept]
    return [*rows, (f"{window} + {labels['other']}", result.other_loss), (labels["full"], result.full_loss)]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The loss by what is visible."""
    bars = [(name, loss, f"{loss:.2f}") for name, loss in _rows(result, words, lang)]
    return terminal.titled(words.labels(lang)["loss"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Who attends to the first token, and the text that was read."""
    labels = words.labels(lang)
    layer, head, share = result.strongest
    rows = [
        (labels["sinks"], f"{result.sink_heads} / {result.heads}"),
        (labels["share"], f"{result.share:.0%}"),
        (labels["strongest"].format(layer=layer, head=head), f"{share:.0%}"),
        (labels["swapped"], f"{result.swapped_share:.0%}"),
        (labels["norms"], f"{result.first_norm:,.0f} / {result.usual_norm:,.0f}"),
    ]
    read = f"{labels['read']} ({result.tokens} tokens)"
    return (terminal.table((labels["first"], ""), rows), "", Text(read, style="bold"), Text(result.text, style="dim"))


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The loss by what is visible, as bars."""
    drawn, (axes,) = plots.blank(words.title[lang])
    names, losses = zip(*_rows(result, words, lang), strict=True)
    plots.bars(axes, names, losses, x_label=words.labels(lang)["loss"])
    return drawn
