"""Parameters, bytes and cache of published models, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import big
from llmquiz.demos.model_sizes.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
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
    bits = ("32 bit", "16 bit", "8 bit", "4 bit")
    second = [labels[key] for key in ("model", "a-token", "context", "whole", "tokens", "work")]
    cached = [(size.name, size.token_bytes / 1024, _kib(size.token_bytes)) for size in result.sizes if size.token_bytes]
    return Group(
        terminal.table((*header, *bits), weights, title=labels["gigabytes"]),
        "",
        terminal.table(second, costs),
        "",
        labels["a-token"],
        terminal.bars(cached),
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
    left.legend(frameon=False, loc="lower right")
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
