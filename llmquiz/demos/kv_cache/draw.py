"""Time a token over the length, and what the caches take beside the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.kv_cache.claims import Result, shares
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Time a token over the length, then what the caches take."""
    labels = words.labels(lang)
    steps = _steps(result, labels)
    times = terminal.curves(steps, x_label=labels["length"], y_label=labels["time"])
    sizes = [
        (size.name, byte_size(size.weight_bytes), byte_size(size.token_bytes), f"{size.tokens:,}")
        for size in (result.overtaking, *result.published)
    ]
    costs = [
        (labels["positions"], f"{result.positions_without_cache:,}", f"{result.positions_with_cache:,}"),
        (labels["total"], duration(sum(result.speed.seconds_without)), duration(sum(result.speed.seconds_with))),
        (labels["last"], duration(result.speed.seconds_without[-1]), duration(result.speed.seconds_with[-1])),
        (labels["memory"], "0 B", byte_size(result.cache_bytes)),
    ]
    moved = [
        (labels["decoder"], shares(result.decoder_moved)),
        (labels["encoder"], shares(result.encoder_moved)),
    ]
    header = (labels["model"], labels["weights"], labels["a-token"], labels["crossing"])
    return Group(
        times,
        "",
        terminal.table((result.model, labels["without"], labels["with"]), costs),
        "",
        terminal.table((labels["moved"], labels["layers"]), moved),
        "",
        terminal.table(header, sizes),
    )


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
    tokens = [2**i for i in range(10, 20)]
    lines = [
        terminal.Series(size.name, tokens, [n * size.token_bytes / size.weight_bytes for n in tokens])
        for size in result.published
    ]
    plots.draw(memory, lines, x_label=labels["crossing-axis"], y_label=labels["share"], log_x=True, log_y=True)
    memory.axhline(1, color="black", linewidth=1)
    return drawn
