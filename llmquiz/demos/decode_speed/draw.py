"""The sizes against their limit, and the step against the batch under its roofline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.decode_speed.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import big, byte_size, duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The sizes against their limit, then the step against the batch."""
    labels = words.labels(lang)
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
    rates = (
        f"{labels['bandwidth']}: {result.bytes_per_second / 1e9:.3g} GB/s\n"
        f"{labels['rate']}: {result.operations_per_second / 1e9:.3g} GFLOP/s\nB* = {result.crossing_batch:.3g}"
    )
    plot = terminal.curves(
        _roofline(result, labels), x_label=labels["batch"], y_label=labels["step"], log_x=True, log_y=True
    )
    return Group(terminal.table(header, rows), "", result.model, rates, "", plot)


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
    near.legend(frameon=False)
    plots.draw(roof, _roofline(result, labels), x_label=labels["batch"], y_label=labels["step"], log_x=True, log_y=True)
    return drawn
