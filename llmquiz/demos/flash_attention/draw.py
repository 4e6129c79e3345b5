"""Peak memory and time over the length, and what stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.flash_attention.claims import CACHED, KINDS, Result, memory_exponent, time_exponent
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Peak memory over the length; the time, where peaks cannot be read."""
    labels = words.labels(lang)
    known = result.peaks[-1].eager is not None
    series = _memory_curves(result, labels) if known else _time_curves(result, labels)
    y_label = f"{labels['peak']} (MiB)" if known else f"{labels['time']} (ms)"
    return terminal.curves(series, x_label=labels["tokens"], y_label=y_label, height=8, log_x=True, log_y=True)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Peak memory and time over the length, what training keeps, and what stays as it was."""
    labels = words.labels(lang)
    header = [labels[kind] for kind in KINDS]
    parts: list[RenderableType] = []
    if result.peaks[-1].eager is not None:
        peaks = [(f"{at.tokens:,}", *(byte_size(getattr(at, kind)) for kind in KINDS)) for at in result.peaks]
        peaks.append((labels["grows"], *(f"N^{memory_exponent(result, kind):.2f}" for kind in KINDS)))
        parts += [_headed(labels["peak"]), terminal.table((labels["tokens"], *header), peaks), ""]
    times = [(f"{at.tokens:,}", *(duration(getattr(at, kind).median) for kind in KINDS)) for at in result.lengths]
    times.append((labels["grows"], *(f"N^{time_exponent(result, kind).value:.2f}" for kind in KINDS)))
    parts += [_headed(labels["time"]), terminal.table((labels["tokens"], *header), times), ""]
    sizes = [(f"{at.tokens:,}", *(byte_size(getattr(at, kind)) for kind in KINDS)) for at in result.kept]
    parts += [_headed(labels["kept"]), terminal.table((labels["tokens"], *header), sizes), ""]
    cache = [(f"{CACHED}", byte_size(result.cache_eager), byte_size(result.cache_fused))]
    columns = (labels["tokens"], labels["eager"], labels["fused"])
    return (*parts, _headed(f"{labels['cache']}, {result.model}"), terminal.table(columns, cache))


def _headed(title: str) -> Text:
    return Text(title, style="bold")


def _time_curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Milliseconds over the length."""
    tokens = [at.tokens for at in result.lengths]
    return [
        terminal.Series(labels[kind], tokens, [1e3 * getattr(at, kind).median for at in result.lengths])
        for kind in KINDS
    ]


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
    shown = [(_time_curves(result, labels), f"{labels['time']} (ms)")]
    if result.peaks[-1].eager is not None:
        shown.insert(0, (_memory_curves(result, labels), f"{labels['peak']} (MiB)"))
    drawn, panels = plots.blank(words.title[lang], panels=len(shown))
    for axes, (series, name) in zip(panels, shown, strict=True):
        plots.draw(axes, series, x_label=labels["tokens"], y_label=name, log_x=True, log_y=True)
        axes.set_xticks(series[0].x, [f"{n:,}" for n in series[0].x])
        axes.minorticks_off()
    return drawn
