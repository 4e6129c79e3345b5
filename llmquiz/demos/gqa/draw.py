"""What each kind of attention keeps and how long a step takes, and what merging heads does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.gqa.claims import KINDS, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """What each kind keeps and how long a step takes, then what merging does."""
    labels = words.labels(lang)
    last = result.steps[-1]
    rows = [
        (
            kind.name,
            str(kind.kv_heads or "–"),
            byte_size(kind.token_bytes),
            byte_size(kind.token_bytes * last.tokens),
            *(duration(step.times[i].median) for step in result.steps),
        )
        for i, kind in enumerate(result.kinds)
    ]
    header = [labels[key] for key in ("kind", "kv-heads", "a-token", "all-tokens")]
    merges = [
        (str(merged.kv_heads), byte_size(merged.token_bytes), f"{merged.divergence:.3g}", f"{merged.agreement:.0%}")
        for merged in result.merges
    ]
    noise = [(f"{apart.share:g}", f"{apart.divergence:.2g}") for apart in result.apart]
    return Group(
        terminal.table((*header, *(f"T={step.tokens:,}" for step in result.steps)), rows),
        "",
        terminal.curves(_curves(result), x_label=labels["length"], y_label=labels["time"], log_x=True),
        "",
        f"{labels['merged']}: {result.model}",
        terminal.table([labels[key] for key in ("kv-heads", "a-token", "divergence", "agreement")], merges),
        "",
        terminal.table((labels["apart"], labels["divergence"]), noise),
    )


def _curves(result: Result) -> list[terminal.Series]:
    """Milliseconds a step over the tokens in the cache."""
    lengths = [step.tokens for step in result.steps]
    return [
        terminal.Series(name, lengths, [1e3 * step.times[i].median for step in result.steps])
        for i, name in enumerate(KINDS)
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Bytes a token, and time a step over the length."""
    labels = words.labels(lang)
    drawn, (size, time) = plots.blank(words.title[lang], panels=2)
    size.bar(KINDS, [kind.token_bytes / 1024 for kind in result.kinds], color="white", edgecolor="black", hatch="//")
    size.set_ylabel(f"{labels['a-token']} (KiB)")
    plots.draw(time, _curves(result), x_label=labels["length"], y_label=labels["time"], log_x=True)
    return drawn
