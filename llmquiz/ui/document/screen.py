"""Blocks of a report on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from llmquiz.ui.document.blocks import Bars, Block, Grid, Heading, Line, Quote, Run, Runs, Style, TimeLine
from llmquiz.ui.document.prose import Indent, Styled, inline

STYLES: dict[Style, str] = {
    "": "",
    "strong": "bold",
    "dim": "dim",
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "added": "green underline",
    "moved": "cyan",
    "dropped": "red strike",
    "code": "cyan",
}
MARKS: dict[Style, tuple[str, str]] = {"added": ("[+ ", "]"), "moved": ("[↑ ", "]"), "dropped": ("[− ", "]")}
"""So that the best version can be read without colors."""
WIDTH = 24


def screen(blocks: Iterable[Block]) -> Iterator[RenderableType]:
    """Each block as a renderable."""
    for block in blocks:
        match block:
            case Heading(level=1):
                yield ""
                yield Rule(f"{block.text} · {block.aside}" if block.aside else block.text, align="left", style="dim")
            case Heading():
                aside = Text(f"  {block.aside}" if block.aside else "", style="dim not bold")
                title = Text(block.text, style="bold" if block.level == 2 else "bold dim")
                yield Indent(Styled(title.append_text(aside)), 0 if block.level == 2 else 2, top=1)
            case Line():
                first = f"{block.bullet} " if block.bullet else ""
                yield Indent(Styled(_text(block.runs), first), 2 + 3 * block.depth)
            case Quote():
                yield Indent(Styled(_text(block.runs), "│ "), 2, top=0)
            case Bars():
                yield from _bars(block)
            case TimeLine():
                yield from _time_line(block)
            case Grid():
                yield Indent(_grid(block), 2)
    yield ""


def _text(runs: Runs) -> Text:
    text = Text()
    for run in runs:
        before, after = MARKS.get(run.style, ("", ""))
        text.append(before, STYLES[run.style])
        text.append_text(inline(run.text, STYLES[run.style]))
        text.append(after, STYLES[run.style])
    return text


def _bars(block: Bars) -> Iterator[RenderableType]:
    yield Indent(Text(block.title, style="bold"), 0, top=1)
    widest = max((cell_len(bar.label) for bar in block.bars), default=0)
    for bar in block.bars:
        full = round(WIDTH * min(bar.value, 1.0))
        text = Text(bar.label + " " * (widest - cell_len(bar.label) + 2))
        row = "█" * full + "·" * (WIDTH - full)
        mark = None if bar.mark is None else min(round(WIDTH * bar.mark), WIDTH - 1)
        for place, cell in enumerate(row):
            text.append(
                "│" if place == mark else cell, "bold" if place == mark else STYLES[bar.style] if cell == "█" else "dim"
            )
        yield Indent(text.append(f"  {bar.text}", "dim"), 2)
    if block.note:
        yield Indent(Styled(Text(block.note, style="dim")), 2)


def _time_line(block: TimeLine) -> Iterator[RenderableType]:
    yield Indent(Text(block.title, style="bold"), 0, top=1)
    times = max((len(stop.text) for stop in block.stops), default=0)
    for stop in block.stops:
        start = min(round(WIDTH * stop.start / block.total), WIDTH - 1)
        size = max(1, round(WIDTH * stop.seconds / block.total)) if stop.seconds else 1
        size = min(size, WIDTH - start)
        text = Text(f"{stop.number:>2}  ", "dim").append("·" * start, "dim")
        text.append(("█" if stop.seconds else "▏") * size, STYLES[stop.style])
        text.append("·" * (WIDTH - start - size), "dim").append(f"  {stop.text:>{times}}  ")
        line = text.append(stop.label, "dim")
        line.no_wrap, line.overflow = True, "ellipsis"
        yield Indent(line, 2)
    if block.note:
        yield Indent(Styled(Text(block.note, style="dim")), 2)


def _grid(block: Grid) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(*(Text(word, style="dim") for word in block.head))
    for row in block.rows:
        table.add_row(*(Text(run.text, style=STYLES[run.style]) for run in row))
    return table


__all__ = ["Run", "screen"]
