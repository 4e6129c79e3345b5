"""Parameters, bytes and cache of published models, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import big
from llmquiz.demos.model_sizes.result import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


BITS = ("32 bit", "16 bit", "8 bit", "4 bit")
KNOWN = ("GPT-3", "Llama 2 7B", "Llama 2 13B", "Llama 2 70B", "Llama 3.1 405B", "Mixtral 8x7B", "DeepSeek-V3")
"""In the small table."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """What the best-known decoders take in memory: weights in three formats, cache of a token and of a full context."""
    labels = words.labels(lang)
    rows = [
        (
            size.name,
            _three(size.parameters),
            *map(_gb, size.bytes_by_format[1:]),
            _kib(size.token_bytes),
            f"{size.context:,}",
            _gb(size.context_bytes),
        )
        for size in map(result.size, KNOWN)
    ]
    header = (labels["model"], labels["parameters"], *BITS[1:], labels["token-kib"], labels["context"], labels["whole"])
    return terminal.table(header, rows, title=labels["memory"])


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Parameters and bytes, then cache and work, then the cache a token as bars."""
    labels = words.labels(lang)
    weights = [
        (size.name, big(size.published), _three(size.parameters), _three(size.active), *map(_gb, size.bytes_by_format))
        for size in result.sizes
    ]
    costs = [
        (
            *(size.name, _kib(size.token_bytes), f"{size.context:,}", _gb(size.context_bytes)),
            *(_or_dash(size.tokens, big), _or_dash(size.work, "{:.2e}".format)),
        )
        for size in result.sizes
    ]
    header = [labels[key] for key in ("model", "said", "counted", "active")]
    second = [labels[key] for key in ("model", "token-kib", "context", "whole", "tokens", "work")]
    cached = [(size.name, size.token_bytes / 1024, _kib(size.token_bytes)) for size in result.sizes if size.token_bytes]
    return (
        terminal.table((*header, *BITS), weights, title=labels["gigabytes"]),
        "",
        terminal.table(second, costs),
        "",
        terminal.titled(labels["a-token"], terminal.bars(cached)),
    )


def _three(count: float) -> str:
    return f"{count / 1e9:.2f}B" if count >= 1e9 else f"{count / 1e6:.1f}M"


def _gb(count: float) -> str:
    return _or_dash(count, lambda n: f"{n / 1e9:,.0f}" if n >= 1e11 else f"{n / 1e9:.3g}")


def _kib(count: float) -> str:
    return _or_dash(count, lambda n: f"{n / 1024:,.4g}")


def _or_dash(count: float, write: Callable[[float], str]) -> str:
    """A count, or a dash where there is none."""
    return write(count) if count else "–"


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Parameters as bars, and the cache of a token against them."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], panels=2)
    ordered = sorted(result.sizes, key=lambda size: size.parameters)
    names = [size.name for size in ordered]
    left.barh(names, [size.parameters for size in ordered], color="lightgray", label=labels["counted"])
    left.barh(names, [size.active for size in ordered], height=0.35, color="black", label=labels["active"])
    left.set_xscale("log")
    left.set_xlabel(labels["parameters"])
    left.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    for size in ordered:
        if size.token_bytes:
            at = (size.parameters, size.token_bytes / 1024)
            right.plot(*at, "ko", markersize=4)
            right.annotate(size.name, at, xytext=(4, 4), textcoords="offset points", fontsize=8)
    right.set_xscale("log")
    right.set_yscale("log")
    right.set_xlim(right=2e13)
    right.set_xlabel(labels["parameters"])
    right.set_ylabel(labels["a-token"])
    right.grid(visible=True, alpha=0.3)
    return drawn
