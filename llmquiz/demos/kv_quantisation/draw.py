"""The loss by what is quantised along which axis, and the bytes a token by bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.kv_quantisation.claims import Cost, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _series(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, tuple[Cost, ...]]]:
    """What is quantised and how, and what it costs."""
    labels = words.labels(lang)
    return [
        (labels["keys-channel"], result.keys_by_channel),
        (labels["keys-token"], result.keys_by_token),
        (labels["values-token"], result.values_by_token),
        (labels["values-channel"], result.values_by_channel),
        (labels["both"], result.both),
        (labels["wrong"], (result.wrong,)),
    ]


def _at_two(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, float]]:
    """The losses at 2 bits, that without quantisation first."""
    rows = [(name, costs[-1].loss) for name, costs in _series(result, words, lang)]
    return [(words.labels(lang)["full"], result.full_loss), *rows]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The loss at 2 bits."""
    bars = [(name, loss, f"{loss:.2f}") for name, loss in _at_two(result, words, lang)]
    return terminal.titled(words.labels(lang)["loss"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The losses by bits, what the cache takes, the other layouts, and the text that was read."""
    labels = words.labels(lang)
    bits = [cost.bits for cost in result.both]
    costs = [
        (name, *(next((f"{c.loss:.3f}" for c in series if c.bits == b), "") for b in bits))
        for name, series in _series(result, words, lang)
    ]
    changed = (labels["changed"], *(f"{cost.changed:.1%}" for cost in result.both))
    full = result.bytes_a_token(16)
    sizes = [
        (f"{b} bit", f"{result.bytes_a_token(b):,.0f}", f"{result.bytes_a_token(b) / full:.1%}") for b in (16, *bits)
    ]
    further = [
        (labels["whole"], f"{result.whole.loss:.3f}"),
        (labels["evened"], f"{result.evened.loss:.3f}"),
        (labels["key-ratio"], f"×{result.key_ratio:.1f}"),
        (labels["value-ratio"], f"×{result.value_ratio:.1f}"),
    ]
    read = f"{labels['read']} ({result.tokens} tokens)"
    return (
        terminal.table((labels["by-bits"], *(f"{b} bit" for b in bits)), [*costs, changed]),
        "",
        terminal.table((labels["size"].format(group=result.group), "B", "%"), sizes),
        "",
        terminal.table((labels["further"], ""), further),
        "",
        Text(read, style="bold"),
        Text(result.text, style="dim"),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The loss at 2 bits, as bars."""
    drawn, (axes,) = plots.blank(words.title[lang])
    names, losses = zip(*_at_two(result, words, lang), strict=True)
    plots.bars(axes, names, losses, x_label=words.labels(lang)["loss"])
    return drawn
