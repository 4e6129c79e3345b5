"""Accuracy by the number of examples, what wrong answers do, and the prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.few_shot.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.terminal import Series
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _series(result: Result, labels: dict[str, str]) -> list[Series]:
    """One curve a task, in percent."""
    return [Series(labels[task.name], result.counts, [100 * right for right in task.right]) for task in result.tasks]


def _label_rows(result: Result, labels: dict[str, str]) -> list[tuple[str, float]]:
    """What the labels are, and the accuracy."""
    measured = result.labels
    return [
        (labels["known"], measured.known),
        (labels["random"], measured.random),
        (labels["invented"], measured.invented),
        (labels["swapped"], measured.swapped),
    ]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Accuracy by the number of examples."""
    labels = words.labels(lang)
    return terminal.curves(_series(result, labels), x_label=labels["count"], y_label=labels["exact"], height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The tasks with their controls, the labels, and the prompts."""
    labels = words.labels(lang)
    head = (labels["exact"], *(f"k={count}" for count in result.counts), labels["shuffled"], labels["other"])
    rows = [
        [labels[task.name], *(f"{share:.0%}" for share in (*task.right, task.shuffled, task.other))]
        for task in result.tasks
    ]
    kinds = [(name, f"{share:.0%}") for name, share in _label_rows(result, labels)]
    titles = (labels["read-right"], labels["shuffled"], labels["read-swapped"])
    read = [terminal.titled(title, Text(text, style="dim")) for title, text in zip(titles, result.prompts, strict=True)]
    over = ", ".join(map(str, result.label_counts))
    return (
        terminal.table(head, rows),
        "",
        terminal.table((labels["labels"].format(counts=over), ""), kinds),
        "",
        Text(labels["read"], style="bold"),
        terminal.side_by_side(*read),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Accuracy by the number of examples, and by what the labels are."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], 2)
    plots.draw(left, _series(result, labels), x_label=labels["count"], y_label=labels["exact"])
    names, shares = zip(*_label_rows(result, labels), strict=True)
    over = ", ".join(map(str, result.label_counts))
    plots.bars(right, names, [100 * share for share in shares], x_label=labels["labels"].format(counts=over))
    return drawn
