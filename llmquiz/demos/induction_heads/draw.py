"""What is left of the copying by what is silenced; the heads, and the loss by place."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.induction_heads.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _rows(result: Result, words: DemoText, lang: Lang) -> list[tuple[str, float]]:
    """What is silenced, and the share that is still right; of random heads the median."""
    labels, most, feeders = words.labels(lang), result.silenced[-1].heads, len(result.feeders)
    rows = [
        (labels["induction"].format(count=case.heads) if case.heads else labels["nothing"], case.right)
        for case in result.silenced
        if case.heads != 2  # as good as one head: the table has it
    ]
    return [
        *rows,
        (labels["random"].format(count=most), median(result.others)),
        (labels["beside"].format(count=most), median(result.beside)),
        (labels["previous"].format(count=feeders), result.unfed_right),
        (labels["early"].format(count=feeders), median(result.unfed_others)),
    ]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The share of repeated random tokens that are predicted, by what is silenced."""
    bars = [(name, right, f"{right:.0%}") for name, right in _rows(result, words, lang)]
    return terminal.titled(words.labels(lang)["right"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The heads, what ordinary text loses, every draw of random heads, and what was read."""
    labels = words.labels(lang)
    most = result.silenced[-1].heads
    heads = [
        (str(head), labels[place], f"{head.share:.0%}")
        for place, several in (("place", result.finders), ("behind", result.feeders))
        for head in several
    ]
    losses = [
        (labels["nothing"], f"{result.text_loss:.3f}"),
        (labels["induction"].format(count=most), f"{result.text_silenced:.3f}"),
        (labels["random"].format(count=most), _all(result.text_others, ".3f")),
    ]
    draws = [
        (labels["random"].format(count=most), _all(result.others, ".0%")),
        (labels["beside"].format(count=most), _all(result.beside, ".0%")),
        (labels["early"].format(count=len(result.feeders)), _all(result.unfed_others, ".0%")),
    ]
    return (
        terminal.table((labels["head"], labels["looks"], labels["share"]), heads),
        "",
        terminal.table((labels["loss"], ""), losses),
        "",
        terminal.table((labels["draws"], ""), draws),
        "",
        Text(labels["twice"].format(length=result.length), style="bold"),
        Text(result.repeated, style="dim"),
        "",
        Text(labels["read"].format(tokens=result.tokens), style="bold"),
        Text(result.text, style="dim"),
    )


def _all(values: Sequence[float], form: str) -> str:
    return ", ".join(format(value, form) for value in values)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """What is left of the copying, as bars; and the loss by place over both readings."""
    labels = words.labels(lang)
    drawn, (bars, by_place) = plots.blank(words.title[lang], panels=2)
    names, right = zip(*_rows(result, words, lang), strict=True)
    plots.bars(bars, names, [100 * share for share in right], x_label=labels["percent"])
    places = range(1, len(result.losses) + 1)
    silenced = labels["induction"].format(count=result.silenced[-1].heads)
    series = [
        terminal.Series(labels["nothing"], places, result.losses),
        terminal.Series(silenced, places, result.silenced_losses),
    ]
    plots.draw(by_place, series, x_label=labels["by-place"].format(length=result.length), y_label=labels["nats"])
    return drawn
