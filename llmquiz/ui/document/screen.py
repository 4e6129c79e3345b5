"""Blocks on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from rich.cells import cell_len
from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from llmquiz.ui.document.blocks import (
    Agenda,
    Aside,
    Block,
    Citation,
    Comparison,
    Corrections,
    DemoCommand,
    Heading,
    Judgement,
    Options,
    Paragraph,
    Passage,
    Points,
    Reason,
    Snippet,
    Steps,
    Title,
)
from llmquiz.ui.document.prose import Indent, Prose, Styled, code, heading, inline
from llmquiz.ui.document.report_blocks import Bars, Grid, Line, Quote, TimeLine
from llmquiz.ui.document.runs import Runs, Style

STYLES: dict[Style, str] = {
    "": "",
    "strong": "bold",
    "dim": "dim",
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "moot": "magenta",
    "unknown": "blue",
    "added": "green underline",
    "moved": "cyan",
    "dropped": "red strike",
    "code": "cyan",
}
MARKS: dict[Style, tuple[str, str]] = {"added": ("[+ ", "]"), "moved": ("[↑ ", "]"), "dropped": ("[− ", "]")}
"""So that the best version can be read without colors."""
WIDTH = 24


def screen(blocks: Iterable[Block]) -> Iterator[RenderableType]:
    """A document of its own."""
    yield from renderables(blocks)
    yield ""


def renderables(blocks: Iterable[Block]) -> Iterator[RenderableType]:
    """Each block as it stands among others."""
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[RenderableType]:  # noqa: C901  (a line a kind of block)
    match block:
        case Heading():
            yield from _heading(block)
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
        case Title():
            aside = f"  {block.aside}" if block.aside else ""
            yield Indent(Styled(inline(block.text, "bold").append(aside, "dim")), 0, top=1)
        case Paragraph():
            for part in block.parts:
                yield from _passage(part) if isinstance(part, Passage) else _judgement(part)
        case Snippet():
            yield from [heading(block.title)] if block.title else []
            yield code(block.code)
        case Options():
            yield from _options(block)
        case Steps():
            yield heading(block.label)
            yield from (Styled(inline(step), f"  {number}. ") for number, step in enumerate(block.steps, 1))
        case Points():
            yield from _points(block)
        case Corrections():
            for correction in block.corrections:
                yield Indent(Styled(inline(correction.wrong, "red"), "✗ "), 2)
                yield Indent(Styled(inline(correction.right), "→ "), 2)
        case Comparison():
            from llmquiz.ui.document.comparison import ComparisonTable

            yield ComparisonTable(block)
        case Reason():
            title = Text(f"{block.row} · {block.column}", style="bold").append(f"  {block.id}", "dim not bold")
            yield Indent(Styled(title), 2, top=1)
            yield Indent(Prose(block.text), 2)
        case Agenda():
            title = Text(block.title, style="cyan").append(f"  {block.length}", "dim")
            yield Indent(Styled(title), 2, top=1)
            yield Indent(Styled(Text(", ".join(block.questions), style="dim")), 4)
        case DemoCommand():
            pass
        case Aside():
            yield from renderables(block.blocks)
        case Citation():
            yield Indent(Styled(_cited(block), "· "), 2)
        case _:
            assert_never(block)


PARTS = {4: ("bold", 0), 5: ("bold cyan", 2)}
"""Style and indent of a part of an entry."""


def _heading(block: Heading) -> Iterator[RenderableType]:
    if block.level == 1:
        yield ""
        yield Rule(f"{block.text} · {block.aside}" if block.aside else block.text, align="left", style="dim")
    elif block.level in PARTS:
        style, indent = PARTS[block.level]
        aside = f"  {block.aside}" if block.aside else ""
        yield Indent(Styled(Text(block.text, style=style).append(aside, "dim")), indent, top=1)
    else:
        aside_text = Text(f"  {block.aside}" if block.aside else "", style="dim not bold")
        title = Text(block.text, style="bold" if block.level == 2 else "bold dim")
        yield Indent(Styled(title.append_text(aside_text)), 0 if block.level == 2 else 2, top=1)


def _passage(part: Passage) -> Iterator[RenderableType]:
    if part.label:
        yield heading(part.label)
    match part.style:
        case "quote":
            yield Indent(Prose(f"> {part.text}"), 2, top=1)
        case "example":
            yield Indent(Prose(part.text, "italic"), 2)
        case "" | "key":
            yield Indent(Prose(part.text), 2)
        case _:
            assert_never(part.style)
    if part.aside:
        yield Indent(Styled(Text(part.aside, style="dim")), 2)


def _judgement(part: Judgement) -> Iterator[RenderableType]:
    verdict = Text(part.verdict, style=f"bold {STYLES[part.style]}")
    if not part.label:
        if part.style != "good":  # what is as it should be needs no remark
            yield Indent(Styled(verdict), 2)
        return
    line = Text(f"{part.label}: ").append_text(verdict).append(f"  ({part.says}", "dim")
    yield ""
    yield Styled(line.append((f", {part.as_of}" if part.as_of else "") + ")", "dim"))


def _options(block: Options) -> Iterator[RenderableType]:
    """The right option first."""
    # The sort is stable: the wrong ones keep the author's order.
    for option in sorted(block.options, key=lambda option: not option.right):
        sign, style = ("✓", "green") if option.right else ("✗", "dim")
        yield Indent(Styled(inline(option.text, style), f"{sign} "), 2, top=1 if option.right else 0)
        if option.why:
            yield Indent(Prose(option.why, "" if option.right else "dim"), 4)


def _points(block: Points) -> Iterator[RenderableType]:
    for number, point in enumerate(block.points, 1):
        yield Styled(inline(point.text).append(f"  {point.level}", "dim"), f"{number:>3}. ")
        if point.why:
            yield Indent(Prose(point.why, "dim"), 5)


def _cited(block: Citation) -> Text:
    where = f" arXiv:{block.arxiv}" if block.arxiv else f" {block.url}" if block.url else ""
    text = Text(f"{block.authors} ({block.year}). ").append(block.title, "italic").append(f".{where}")
    text.stylize("dim")
    return text


def _text(runs: Runs) -> Text:
    text = Text()
    for run in runs:
        before, after = MARKS.get(run.style, ("", ""))
        text.append(before, STYLES[run.style])
        text.append_text(Text(run.text, STYLES[run.style]) if run.as_said else inline(run.text, STYLES[run.style]))
        text.append(after, STYLES[run.style])
    return text


def _bars(block: Bars) -> Iterator[RenderableType]:
    yield Indent(Text(block.title, style="bold"), 0, top=1)
    widest = max((cell_len(bar.label) for bar in block.bars), default=0)
    for bar in block.bars:
        full = round(WIDTH * min(bar.value, 1.0))
        text = Text(bar.label + " " * (widest - cell_len(bar.label) + 2))
        row = "█" * full + "·" * (WIDTH - full)
        # A mark at 1 stands on the last cell, not behind it.
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
        # Each stop gets a cell at least, the last one too: rounded, it could begin behind the edge.
        start = min(round(WIDTH * stop.start / block.total), WIDTH - 1)
        size = max(1, round(WIDTH * stop.seconds / block.total)) if stop.seconds else 1
        size = min(size, WIDTH - start)
        text = Text(f"{stop.number:>2}  ", "dim").append("·" * start, "dim")
        text.append(("█" if stop.seconds else "▏") * size, STYLES[stop.style])
        text.append("·" * (WIDTH - start - size), "dim").append(f"  {stop.text:>{times}}  ")
        line = text.append(stop.label, "dim")
        # A row that wraps would tear the chart apart; the label is what can be cut.
        line.no_wrap, line.overflow = True, "ellipsis"
        yield Indent(line, 2)
    if block.note:
        yield Indent(Styled(Text(block.note, style="dim")), 2)


def _grid(block: Grid) -> RenderableType:
    from rich.table import Table  # 20 ms, and most of what is shown is no table

    table = Table.grid(padding=(0, 2))
    table.add_row(*(Text(word, style="dim") for word in block.head))
    for row in block.rows:
        table.add_row(*(Text(run.text, style=STYLES[run.style]) for run in row))
    return table
