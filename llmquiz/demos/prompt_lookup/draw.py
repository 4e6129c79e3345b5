"""The calls of the model by what it writes, and the texts in the pieces that each call added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.prompt_lookup.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _rows(result: Result, labels: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """What is written, the calls that it took, and its tokens; the controls last."""
    rows = [(labels[task.name], task.lookup.calls, task.tokens) for task in result.tasks]
    controls = (("elsewhere", result.elsewhere), ("random", result.random))
    return rows + [(labels[name], cost.calls, result.copying.tokens) for name, cost in controls]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Calls a token, by what is written."""
    labels = words.labels(lang)
    bars = [(name, calls / tokens, f"{calls} / {tokens}") for name, calls, tokens in _rows(result, labels)]
    return terminal.titled(labels["calls"], terminal.bars(bars))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Copied, accepted, computed and timed; then what was written."""
    labels = words.labels(lang)
    header = ("", *(labels[name] for name in ("copied", "accepted", "positions", "speed")))
    rows = [
        (
            labels[task.name],
            f"{task.copied:.0%}",
            f"{task.lookup.accepted}/{task.lookup.drafted}",
            f"{task.plain.positions} → {task.lookup.positions}",
            f"×{task.speed:.2f}",
        )
        for task in result.tasks
    ]
    for name, cost in (("elsewhere", result.elsewhere), ("random", result.random)):
        positions = f"{result.copying.plain.positions} → {cost.positions}"
        rows.append((labels[name], "", f"{cost.accepted}/{cost.drafted}", positions, ""))
    price = labels["price"].format(count=result.most + 1, times=result.check_price)
    texts: list[RenderableType] = []
    for task in result.tasks:
        texts += ["", Text(labels[task.name], style="bold"), Text("│".join(task.pieces), style="dim")]
    return (terminal.table(header, rows), Text(price), "", Text(labels["written"], style="bold"), *texts)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Calls a token by what is written, as bars."""
    drawn, (axes,) = plots.blank(words.title[lang])
    labels = words.labels(lang)
    names, calls, tokens = zip(*_rows(result, labels), strict=True)
    shares = [count / all_tokens for count, all_tokens in zip(calls, tokens, strict=True)]
    plots.bars(axes, names, shares, x_label=labels["share"])
    return drawn
