"""Seconds over the length and by batch, and the three classifiers side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.encode_vs_generate.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Milliseconds over the length, read and written."""
    labels = words.labels(lang)
    return terminal.curves(_lengths(result, labels), x_label=labels["tokens"], y_label=labels["ms"], height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The same by batch, then the three classifiers, then what was read and written."""
    labels = words.labels(lang)
    sizes = [
        (
            f"{size.batch}",
            f"{size.encode_rate:,.0f}",
            f"{size.write_rate:,.0f}",
            duration(size.step),
            f"{size.encode_rate / size.write_rate:.3g}",
        )
        for size in result.batching.sizes
    ]
    right, seconds = result.accuracies, [times.median for times in result.classify]
    ways = [
        (labels["by-encoder"], f"{right.encoder_first:.0%}", "1", duration(seconds[0])),
        (labels["by-last"], f"{right.decoder_last:.0%}", "1", duration(seconds[1])),
        (labels["by-first"], f"{right.decoder_first:.0%}", "1", duration(seconds[1])),
        (labels["by-label"], f"{right.label:.0%}", f"{right.label_calls}", duration(seconds[2])),
    ]
    header = (labels["batch"], labels["read-rate"], labels["write-rate"], labels["step"], labels["gap"])
    parts: list[RenderableType] = [
        terminal.table(header, sizes),
        "",
        terminal.table((labels["classify"], labels["right"], labels["passes"], labels["time"]), ways),
        "",
        Text(f"{result.encoder}\n{result.decoder}"),
    ]
    if result.text:
        parts += ["", Text(labels["read-text"], style="bold"), Text(result.text, style="dim")]
        parts += ["", Text(labels["written-text"], style="bold"), Text(result.written, style="dim")]
    return parts


def _lengths(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Milliseconds over the tokens of a text, read and written."""
    tokens = [at.tokens for at in result.lengths]
    encode = [1e3 * at.encode.median for at in result.lengths]
    read = [ms * at.decoder_reads.value for ms, at in zip(encode, result.lengths, strict=True)]
    return [
        terminal.Series(labels["encodes"], tokens, encode),
        terminal.Series(labels["reads"], tokens, read),
        terminal.Series(labels["writes"], tokens, [1e3 * at.write.median for at in result.lengths]),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Milliseconds over the length, and tokens a second over the batch."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], panels=2)
    plots.draw(left, _lengths(result, labels), x_label=labels["tokens"], y_label=labels["ms"])
    left.set_ylim(bottom=0)
    batches = [size.batch for size in result.batching.sizes]
    rates = [
        terminal.Series(labels["encodes"], batches, [size.encode_rate for size in result.batching.sizes]),
        terminal.Series(labels["writes"], batches, [size.write_rate for size in result.batching.sizes]),
    ]
    plots.draw(right, rates, x_label=labels["batch"], y_label=labels["rate"], log_x=True, log_y=True)
    right.set_xticks(batches, map(str, batches))
    right.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)
    return drawn
