"""The sizes against their limit, and the step against the batch under its roofline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.decode_speed.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import big, byte_size, duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The step against the batch, and its two bounds."""
    labels = words.labels(lang)
    return terminal.curves(
        _roofline(result, labels), x_label=labels["batch"], y_label=labels["step"], height=8, log_x=True, log_y=True
    )


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The rates of this machine, then the sizes against their limit."""
    labels = words.labels(lang)
    rates = [
        (labels["bandwidth"], f"{result.bytes_per_second / 1e9:.3g} GB/s"),
        (labels["rate"], f"{result.operations_per_second / 1e9:.3g} GFLOP/s"),
        (labels["crossing"], f"{result.crossing_batch:.3g}"),
    ]
    header = [labels[key] for key in ("parameters", "read", "generate", "loop", "limit", "reached")]
    rows = [
        [
            f"{big(size.parameters)} (d={size.d_model})",
            byte_size(size.matrix_bytes),
            duration(size.generate_seconds),
            duration(size.seconds),
            duration(size.product_seconds),
            f"{size.near.value:.0%}",
        ]
        for size in result.sizes
    ]
    return (
        Text(f"{labels['model']}: {result.model}", style="bold"),
        terminal.table((labels["machine"], ""), rates),
        "",
        Text(labels["one"], style="bold"),
        terminal.table(header, rows),
    )


def _roofline(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Milliseconds a step over the batch: measured, and the two bounds."""
    steps = result.batches
    batches = [step.batch for step in steps]
    return [
        terminal.Series(labels["measured"], batches, [1e3 * step.seconds for step in steps]),
        terminal.Series(labels["bytes"], batches, [1e3 * step.bytes_seconds for step in steps]),
        terminal.Series(labels["work"], batches, [1e3 * step.work_seconds for step in steps]),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Share of the limit by size, and the roofline."""
    labels = words.labels(lang)
    drawn, (near, roof) = plots.blank(words.title[lang], panels=2)
    names = [big(size.parameters) for size in result.sizes]
    near.bar(names, [size.product_seconds / size.seconds for size in result.sizes], label=labels["loop"], width=0.6)
    near.plot(
        names, [size.product_seconds / size.generate_seconds for size in result.sizes], "ko--", label=labels["generate"]
    )
    near.set_xlabel(labels["parameters"])
    near.set_ylabel(labels["reached"])
    near.set_ylim(0, 1.05)
    plots.draw(roof, _roofline(result, labels), x_label=labels["batch"], y_label=labels["step"], log_x=True, log_y=True)
    for axes in (near, roof):  # above the data
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return drawn
