"""What one pass saves, what training becomes without the mask, and where the loss of each objective falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import duration
from llmquiz.demos.parallel_training.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """What the losses of every position cost in each way, for the longest text."""
    labels = words.labels(lang)
    longest = result.savings[-1]
    one_pass = longest.seconds.median
    rows = [
        (labels["bar-one-pass"].format(length=longest.length), 1.0),
        (labels["bar-stepwise"].format(length=longest.length), longest.stepwise.value),
        (labels["bar-apart"].format(length=longest.length), longest.apart.value),
    ]
    bars = [(name, times, f"×{times:.3g}") for name, times in rows]
    return terminal.titled(labels["cost"].format(time=duration(one_pass)), terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Times by length, what training becomes without the mask, and where the loss falls."""
    labels = words.labels(lang)
    times = [
        (str(saving.length), duration(saving.seconds.median), str(saving.apart), str(saving.stepwise))
        for saving in result.savings
    ]
    shares = [
        (f"{labels[share.objective]} ({share.model})", share.of_computed, f"{share.of_computed:.1%}")
        for share in result.shares
    ]
    header = (labels["length"], labels["one-pass"], labels["apart"], labels["stepwise"])
    return (
        Text(f"{result.model}, {labels['forward']}", style="dim"),
        terminal.table(header, times),
        "",
        terminal.curves(_training(result, labels), x_label=labels["step"], y_label=labels["loss"], height=9),
        "",
        terminal.titled(labels["share"], terminal.bars(shares)),
    )


def _training(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    copying = result.copying
    steps = list(range(1, len(copying.with_mask) + 1))
    return [
        terminal.Series(labels["with-mask"], steps, copying.with_mask),
        terminal.Series(labels["without-mask"], steps, copying.without_mask),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The saving against the length, and the loss with and without the mask."""
    labels = words.labels(lang)
    drawn, (saved, training) = plots.blank(words.title[lang], panels=2)
    lengths = [saving.length for saving in result.savings]
    lines = [
        terminal.Series(labels["apart"], lengths, [saving.apart.value for saving in result.savings]),
        terminal.Series(labels["stepwise"], lengths, [saving.stepwise.value for saving in result.savings]),
        terminal.Series(labels["passes"], lengths, lengths),
        terminal.Series(labels["positions"], lengths, [(length + 1) / 2 for length in lengths]),
    ]
    plots.draw(saved, lines, x_label=labels["length"], y_label=labels["times"], log_x=True, log_y=True)
    saved.set_xticks(lengths, [str(length) for length in lengths])
    saved.set_xticks([], minor=True)
    plots.draw(training, _training(result, labels), x_label=labels["step"], y_label=labels["loss"])
    training.set_xlim(0)
    training.set_ylim(0, 1.25 * max(result.copying.with_mask))
    training.legend(frameon=False, loc="upper right", ncols=2)
    return drawn
