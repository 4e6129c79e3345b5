"""Right answers by what stands before them, and what the model read and wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.terminal import Series
from llmquiz.demos.prompted_reasoning.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _rows(result: Result, labels: dict[str, str]) -> list[tuple[str, int]]:
    """What stands before the answer, and how many are right."""
    return [
        (labels["chain"], result.chain),
        (labels["direct"], result.direct),
        (labels["equation"], result.equation),
        (labels["dots"], result.dots),
        (labels["other"], result.other),
        (labels["after"], result.after),
    ]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Right answers by what stands before them."""
    labels = words.labels(lang)
    bars = [(name, float(right), str(right)) for name, right in _rows(result, labels)]
    return terminal.titled(labels["right"].format(tests=result.tests), terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """By the count of numbers, the paired comparison, and one prompt with what was written."""
    labels = words.labels(lang)
    head = (labels["numbers"], labels["tests"], labels["direct"], labels["equation"], labels["chain"])
    rows = [list(map(str, (row.terms, row.tests, row.direct, row.equation, row.chain))) for row in result.by_terms]
    compared = [
        (labels["won"], str(result.won)),
        (labels["lost"], str(result.lost)),
        (labels["chance"], f"p = {result.chance:.2g}"),
        (labels["constant"], f"{result.commonest} / {result.tests}"),
        (labels["tokens"], f"{result.direct_tokens:.0f} / {result.chain_tokens:.0f}"),
    ]
    wrote = [(labels["direct"], result.shown.at_once), (labels["chain"], result.shown.with_chain)]
    return (
        terminal.table(head, rows),
        "",
        terminal.table((labels["compared"], ""), compared),
        "",
        Text(labels["read"], style="bold"),
        Text(result.shown.prompt, style="dim"),
        "",
        terminal.table((labels["wrote"], ""), wrote),
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Right answers by what stands before them, and by the count of numbers."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], 2)
    names, counts = zip(*_rows(result, labels), strict=True)
    plots.bars(left, names, counts, x_label=labels["right"].format(tests=result.tests))
    terms = [row.terms for row in result.by_terms]
    series = [
        Series(labels["direct"], terms, [100 * row.direct / row.tests for row in result.by_terms]),
        Series(labels["equation"], terms, [100 * row.equation / row.tests for row in result.by_terms]),
        Series(labels["chain"], terms, [100 * row.chain / row.tests for row in result.by_terms]),
    ]
    plots.draw(right, series, x_label=labels["numbers"], y_label=labels["percent"])
    right.set_xticks(terms)
    return drawn
