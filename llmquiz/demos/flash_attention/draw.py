"""Peak memory and time over the length, and what stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.flash_attention.claims import CACHED, KINDS, Result, memory_exponent, time_exponent
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Peak memory and time over the length, then what stays as it was."""
    labels = words.labels(lang)
    header = [labels["tokens"], *(labels[kind] for kind in KINDS)]
    times = [(f"{at.tokens:,}", *(duration(getattr(at, kind).median) for kind in KINDS)) for at in result.lengths]
    times.append(("~ N^", *(f"{time_exponent(result, kind).value:.2f}" for kind in KINDS)))
    parts: list[RenderableType] = [labels["time"], terminal.table(header, times), ""]
    if result.peaks[-1].eager is not None:
        peaks = [(f"{at.tokens:,}", *(byte_size(getattr(at, kind)) for kind in KINDS)) for at in result.peaks]
        peaks.append(("~ N^", *(f"{memory_exponent(result, kind):.2f}" for kind in KINDS)))
        series = _memory_curves(result, labels)
        parts += [labels["peak"], terminal.table(header, peaks), ""]
        parts += [terminal.curves(series, x_label=labels["tokens"], y_label="MiB", log_x=True, log_y=True), ""]
    sizes = [(f"{at.tokens:,}", *(byte_size(getattr(at, kind)) for kind in KINDS)) for at in result.kept]
    caches = [(f"{CACHED}", byte_size(result.cache_eager), "–", byte_size(result.cache_fused))]
    parts += [labels["kept"], terminal.table(header, sizes), ""]
    parts += [f"{labels['cache']}, {result.model}", terminal.table(header, caches)]
    return Group(*parts)


def _memory_curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """MiB at the peak over the length."""
    tokens = [peak.tokens for peak in result.peaks]
    return [
        terminal.Series(labels[kind], tokens, [max(1, getattr(peak, kind)) / 2**20 for peak in result.peaks])
        for kind in KINDS
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Peak memory and time over the length, both axes logarithmic."""
    labels = words.labels(lang)
    drawn, (memory, time) = plots.blank(words.title[lang], panels=2)
    lengths = [at.tokens for at in result.lengths]
    times = [
        terminal.Series(labels[kind], lengths, [1e3 * getattr(at, kind).median for at in result.lengths])
        for kind in KINDS
    ]
    panels = [(time, times, f"{labels['time']} (ms)")]
    if result.peaks[-1].eager is not None:
        panels.append((memory, _memory_curves(result, labels), f"{labels['peak']} (MiB)"))
    for axes, series, name in panels:
        plots.draw(axes, series, x_label=labels["tokens"], y_label=name, log_x=True, log_y=True)
        axes.set_xticks(series[0].x, [f"{n:,}" for n in series[0].x])
        axes.minorticks_off()
    return drawn
