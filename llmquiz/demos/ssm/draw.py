"""Time a token over the context, what is kept, and what is remembered by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import byte_size
from llmquiz.demos.ssm.result import Memory, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Time a token over the context."""
    labels = words.labels(lang)
    curves = _curves(result, labels)
    return terminal.curves(curves, x_label=labels["context"], y_label=labels["time"], log_x=True, height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Where the times meet, the bytes that are kept, and what is remembered."""
    labels = words.labels(lang)
    short, long = result.lengths
    sizes = [
        (result.mamba, *(byte_size(state.total) for state in result.states)),
        (result.attention, *(byte_size(cache.total) for cache in result.caches)),
    ]
    sizes += [(result.hybrid.model, "", f"{byte_size(result.hybrid.kept.total)} (T={result.hybrid.tokens})")]
    recalls = [
        (
            memory.model,
            byte_size(memory.kept.total),
            *(f"{recall.right:.0%}" for recall in memory.recalls),
            _seeds(memory),
        )
        for memory in result.remember
    ]
    pairs = [f"N={recall.pairs}" for recall in result.remember[0].recalls]
    crossing = f"{labels['crossing']}: {result.crossing:,.0f}" if result.crossing else ""
    return (
        Text(crossing),
        terminal.table((labels["keeps"], f"T={short}", f"T={long}"), sizes),
        "",
        terminal.table((labels["recall"], labels["memory"], *pairs, labels["seeds"]), recalls),
        "",
        terminal.curves(_places(result, labels), x_label=labels["place"], y_label=labels["right"], height=8),
    )


def _seeds(memory: Memory) -> str:
    return "/".join(f"{100 * rights[-1]:.0f}" for rights in memory.seeds) + "%"


def _curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Milliseconds a token over the context."""
    times = result.times
    few, many = times.lengths[:2]
    first, second = (1e3 * seconds for seconds in times.mamba)  # drawn on to the longest context
    return [
        terminal.Series(
            labels["timed"].format(few=few, many=many), (few, many, times.lengths[-1]), (first, second, second)
        ),
        terminal.Series(labels["attention"], times.lengths, [1e3 * seconds for seconds in times.attention]),
    ]


def _places(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Percent right over the place of the pair, in the longest text; neighbours averaged, the last pair alone."""
    names, series = (labels["attention"], labels["narrow"], labels["wide"]), []
    for name, memory in zip(names, result.remember, strict=True):
        right = memory.recalls[-1].by_place
        last = len(right) - 1
        spans = [(i, right[i : i + 4]) for i in range(0, last - 3, 4)]
        spans += [(last - 3, right[last - 3 : last]), (last, right[last:])]
        centres = [1 + start + (len(span) - 1) / 2 for start, span in spans]
        series.append(terminal.Series(name, centres, [100 * fmean(span) for _, span in spans]))
    return series


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Time over the context, and what is remembered by place."""
    labels = words.labels(lang)
    drawn, (time, recall) = plots.blank(words.title[lang], panels=2)
    plots.draw(time, _curves(result, labels), x_label=labels["context"], y_label=labels["time"], log_x=True)
    plots.draw(recall, _places(result, labels), x_label=labels["place"], y_label=labels["right"])
    time.set_ylim(bottom=0)
    recall.set_ylim(0, 105)
    for axes in (time, recall):
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)  # above the data
    return drawn
