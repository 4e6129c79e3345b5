"""What a token costs that is read, and one that is written, by the length of the prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import big, byte_size, duration
from llmquiz.demos.prefill_decode.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Milliseconds a token, read and written."""
    labels = words.labels(lang)
    rows = [
        (labels[key].format(tokens=length.tokens), seconds, duration(seconds))
        for key in ("read", "written")
        for length in result.lengths
        for seconds in [length.prefill / length.tokens if key == "read" else length.step]
    ]
    together = result.lengths[0].step / result.batched.value
    rows.append((labels["together"].format(batch=result.batch), together, duration(together)))
    return terminal.titled(labels["a-token"], terminal.bars(rows))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Times by length, and the arithmetic of a token."""
    labels = words.labels(lang)
    times = [(str(length.tokens), duration(length.prefill), duration(length.step)) for length in result.lengths]
    costs = [
        (labels["flops-read"], big(result.prefill_flops)),
        (labels["flops-written"], big(result.decode_flops)),
        (labels["weights"], byte_size(result.weight_bytes)),
    ]
    return (
        terminal.table((labels["prompt"], labels["first"], labels["step"]), times),
        "",
        terminal.table((result.model, ""), costs),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The same as curves over the length of the prompt."""
    labels = words.labels(lang)
    drawn, (axes,) = plots.blank(words.title[lang])
    tokens = [length.tokens for length in result.lengths]
    lines = [
        terminal.Series(labels["read-line"], tokens, [1e3 * size.prefill / size.tokens for size in result.lengths]),
        terminal.Series(labels["written-line"], tokens, [1e3 * size.step for size in result.lengths]),
    ]
    plots.draw(axes, lines, x_label=labels["prompt"], y_label=labels["a-token"], log_x=True, log_y=True)
    return drawn
