"""What each layer says of the facts and the story, and what the story costs without a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.terminal import Series
from llmquiz.demos.logit_lens.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _ranks(result: Result, words: DemoText, lang: Lang) -> Series:
    """The rank of the answer by layer."""
    layers = [float(reading.layer) for reading in result.readings]
    return Series(words.labels(lang)["rank"], layers, [reading.rank for reading in result.readings])


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The rank of the answer by layer."""
    labels = words.labels(lang)
    series = _ranks(result, words, lang)
    return terminal.curves([series], x_label=labels["layer"], y_label=labels["of"], height=8, log_y=True)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """What some layers say, the loss behind a linear map, and the loss without a layer."""
    labels = words.labels(lang)
    step = max(1, result.layers // 10)
    shown = [r for r in result.readings if (result.layers - r.layer) % step == 0 or result.layers - r.layer < 4]
    rows = [
        (
            str(r.layer),
            f"{r.rank:,.0f}",
            f"{r.p:.3f}",
            f"{r.ahead:.0%}",
            f"{r.loss:.2f}",
            terminal.cut(repr(r.top)[1:-1], 14),
            f"{r.top_p:.2f}",
        )
        for r in shown
    ]
    header = [labels[key] for key in ("layer", "rank", "p", "ahead", "loss", "top")]
    maps = [
        (str(t.layer), f"{t.lens:.2f}", f"{t.loss:.2f}", f"{t.gain:+.2f} ± {t.error:.2f}", f"{t.shuffled:.2f}")
        for t in result.translated
    ]
    columns = [labels[key] for key in ("layer", "lens", "map", "gain", "shuffled")]
    costs = [(str(item.layer), f"{item.cost:+.2f}") for item in result.left_out]
    costs.append((f"{result.third[0]}–{result.third[1]}", f"{result.third_cost:+.2f}"))
    return (
        terminal.table((*header, "P"), rows),
        "",
        Text(labels["after"].format(text=result.text)),
        Text(labels["bare"].format(bare=f"{result.bare_loss:,.1f}", last=f"{result.last.loss:.2f}")),
        "",
        terminal.table(columns, maps, title=labels["maps"]),
        "",
        terminal.table((labels["left-out"], labels["cost"]), costs),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The rank of the answer and the loss by layer, beside each other."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], panels=2)
    series = _ranks(result, words, lang)
    plots.draw(left, [series], x_label=labels["layer"], y_label=labels["rank"], log_y=True)
    lens = Series(labels["lens"], series.x, [reading.loss for reading in result.readings])
    layers = [float(item.layer) for item in result.translated]
    maps = Series(labels["map"], layers, [item.loss for item in result.translated])
    plots.draw(right, [lens, maps], x_label=labels["layer"], y_label=labels["loss"], log_y=True)
    return drawn
