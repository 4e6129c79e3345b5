"""Time a token over the length, and what the caches take beside the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.kv_cache.claims import Result, shares
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration, three_figures
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Time a token over the length."""
    labels = words.labels(lang)
    return terminal.curves(_steps(result, labels), x_label=labels["length"], y_label=labels["time"], height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """What a real model wrote, what both ways cost, which states move, and where the cache outgrows the weights."""
    labels = words.labels(lang)
    written: list[RenderableType] = []
    if result.written:
        written = [
            Text(labels["written"], style="bold"),
            Text.assemble((result.prompt_text, "dim"), result.written),
            "",
        ]
    moved = [
        (labels["decoder"], shares(result.decoder_moved)),
        (labels["encoder"], shares(result.encoder_moved)),
    ]
    sizes = [
        (size.name, byte_size(size.weight_bytes), byte_size(size.token_bytes), f"{size.tokens:,}")
        for size in (result.overtaking, *result.published)
    ]
    header = (labels["model"], labels["weights"], labels["a-token"], labels["crossing"])
    return (
        *written,
        terminal.table(("", labels["without"], labels["with"], labels["ratio"]), _costs(result, labels)),
        Text(result.model, style="dim"),
        "",
        terminal.table((labels["moved"], labels["layers"]), moved),
        "",
        terminal.table(header, sizes),
    )


def _costs(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """What both ways cost, and the ratio of the two."""
    slow, fast = result.speed.seconds_without, result.speed.seconds_with
    more = result.positions_without_cache / result.positions_with_cache
    filled = result.cache_bytes / result.overtaking.weight_bytes
    return [
        (
            labels["positions"],
            f"{result.positions_without_cache:,}",
            f"{result.positions_with_cache:,}",
            f"×{three_figures(more)}",
        ),
        (labels["total"], duration(sum(slow)), duration(sum(fast)), f"×{three_figures(result.speedup_total)}"),
        (labels["last"], duration(slow[-1]), duration(fast[-1]), f"×{three_figures(slow[-1] / fast[-1])}"),
        (labels["memory"], "0 B", byte_size(result.cache_bytes), ""),
        (labels["a-token"], "0 B", byte_size(result.overtaking.token_bytes), ""),
        (labels["share"], "0%", f"{filled:.2%}", ""),
    ]


def _steps(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    lengths = [result.text.prompt + i for i in range(1, result.text.new)]  # the first step reads the prompt
    return [
        terminal.Series(labels["with"], lengths, [1e3 * s for s in result.speed.seconds_with[1:]]),
        terminal.Series(labels["without"], lengths, [1e3 * s for s in result.speed.seconds_without[1:]]),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Time a token, and the cache against the weights."""
    labels = words.labels(lang)
    drawn, (time, memory) = plots.blank(words.title[lang], panels=2)
    plots.draw(time, _steps(result, labels), x_label=labels["length"], y_label=labels["time"])
    time.set_ylim(bottom=0)
    tokens = [2**i for i in range(10, 20)]
    lines = [
        terminal.Series(size.name, tokens, [n * size.token_bytes / size.weight_bytes for n in tokens])
        for size in (*result.published, *(() if result.own_model else (result.overtaking,)))
    ]
    plots.draw(memory, lines, x_label=labels["crossing-axis"], y_label=labels["share"], log_x=True, log_y=True)
    memory.axhline(1, color="black", linewidth=1)
    for axes in (time, memory):  # above the data
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return drawn
