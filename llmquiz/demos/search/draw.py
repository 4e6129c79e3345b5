"""What each way finds, one query, and the claims nearest to the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.search.claims import Hit, Result, Search
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Labels = Mapping[str, str]


def _names(result: Result, labels: Labels) -> dict[str, str]:
    """What each way is called."""
    return {
        "words": labels["words"],
        "mean": labels["mean"],
        "both": labels["both"],
        "token": labels["last" if result.family == "decoder" else "cls"],
        "int8": labels["int8"],
        "bit": labels["bit"],
        "centred": labels["centred"],
        "random": labels["random"],
    }


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The recall of each way; where the user asks, what comes first for that."""
    labels = words.labels(lang)
    if result.search:
        return _nearest(result.search, labels)
    return _bars(result, labels)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """All figures of each way, one query, and the user's own with all its hits."""
    labels = words.labels(lang)
    parts: list[RenderableType] = [Text(result.model, style="dim"), _ways(result, labels), "", _sample(result, labels)]
    if result.search:
        shown = (("by-mean", result.search.by_mean), ("by-words", result.search.by_words))
        titles = {"by-mean": labels["by-mean"], "by-words": labels["by-words"]}
        parts = [_bars(result, labels), "", *parts, "", Text(f"{labels['yours']}: {result.search.query}", style="bold")]
        for name, hits in shown:
            parts += [Text(titles[name]), _lines(*((f"{hit.score:.2f}", hit.text) for hit in hits)) if hits else "–"]
    return parts


def _bars(result: Result, labels: Labels) -> RenderableType:
    """Recall among the first ten."""
    names = _names(result, labels)
    rows = [(names[way.name], way.recall_10, f"{way.recall_10:.0%}") for way in result.ways]
    return terminal.titled(labels["ten"].format(n=result.claims), terminal.bars(rows))


def _nearest(search: Search, labels: Labels) -> Text:
    """The hits of the user's query by vectors, one a line."""

    def line(hit: Hit) -> str:
        room = terminal.WIDTH - 6
        text = hit.text if cell_len(hit.text) <= room else f"{terminal.cut(hit.text, room - 4)} ..."
        return f"{hit.score:.2f}  {text}"

    return terminal.titled(labels["nearest"], Text("\n".join(line(hit) for hit in search.by_mean), no_wrap=True))


def _ways(result: Result, labels: Labels) -> Table:
    """Recall, bytes, and the cosine of what does not belong together."""
    names = _names(result, labels)
    rows = [
        (
            names[way.name],
            f"{way.recall_1:.0%}",
            f"{way.recall_10:.0%}",
            f"{way.bits * result.width // 8:,}" if way.bits else "",
            f"{way.unrelated:z.2f}" if way.bits else "",
        )
        for way in result.ways
    ]
    return terminal.table(("", labels["first"], labels["top"], labels["bytes"], labels["unrelated"]), rows)


def _sample(result: Result, labels: Labels) -> Table:
    """A sentence, its claim, and what came first."""
    sample = result.sample
    firsts = ((labels["words"], sample.by_words), (labels["mean"], sample.by_mean))
    rows = [(f"{'=' if text == sample.right else '≠'} {name}", text) for name, text in firsts]
    return _lines((f"  {labels['query']}", sample.query), (f"  {labels['right']}", sample.right), *rows)


def _lines(*rows: Sequence[str]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Recall among the first ten, as bars."""
    labels = words.labels(lang)
    drawn, (axes,) = plots.blank(words.title[lang])
    names = _names(result, labels)
    plots.bars(
        axes,
        [names[way.name] for way in result.ways],
        [100 * way.recall_10 for way in result.ways],
        x_label=f"{labels['ten'].format(n=result.claims)} (%)",
    )
    return drawn
