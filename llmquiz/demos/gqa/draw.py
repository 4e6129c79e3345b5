"""What each kind of attention keeps and how long a step takes, and what merging heads does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.gqa.result import KINDS, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """What each kind keeps and how long a step takes, at two lengths; and what a real model keeps."""
    labels, ends = words.labels(lang), (result.steps[0], result.steps[-1])
    rows = [
        (
            kind.name,
            str(kind.kv_heads or "–"),
            byte_size(kind.token_bytes),
            *(duration(step.times[i].median) for step in ends),
        )
        for i, kind in enumerate(result.kinds)
    ]
    header = [labels[key] for key in ("kind", "kv-heads", "a-token")]
    given = [] if result.own_model else _given(result, labels)
    times = [labels["step"].format(tokens=f"{step.tokens:,}") for step in ends]
    return terminal.table((*header, *times), [*rows, *given])


def _given(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """What the model of --model keeps, and what it would keep with keys and values for every query head."""
    query, shared = result.own_heads
    sizes = ((labels["given"], shared, result.own_bytes), (labels["given-full"], query, result.own_full_bytes))
    return [(name, str(heads), byte_size(size), "–", "–") for name, heads, size in sizes]


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Time a step over the length, then what merging does."""
    labels = words.labels(lang)
    merges = [
        (str(merged.kv_heads), byte_size(merged.token_bytes), f"{merged.divergence:.3g}", f"{merged.agreement:.0%}")
        for merged in result.merges
    ]
    noise = [(f"{apart.share:g}", f"{apart.divergence:.2g}") for apart in result.apart]
    return (
        terminal.curves(_curves(result), x_label=labels["length"], y_label=labels["time"], height=8, log_x=True),
        "",
        Text(f"{labels['merged']}: {result.model}", style="bold"),
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
    kib = [kind.token_bytes / 1024 for kind in result.kinds]
    bars = size.bar(KINDS, kib, color="C0")
    size.bar_label(bars, fmt="{:.3g}", padding=3)
    size.set_ylabel(f"{labels['a-token']} (KiB)")
    plots.draw(time, _curves(result), x_label=labels["length"], y_label=labels["time"], log_x=True)
    time.set_ylim(bottom=0)
    time.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)  # above the data
    return drawn
