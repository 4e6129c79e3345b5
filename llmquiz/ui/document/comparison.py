"""A comparison table on a terminal: as wide as it, its words broken only where there is no room for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from llmquiz.ui.document.blocks import Cell, Comparison
from llmquiz.ui.document.prose import Styled, inline

LONGEST = 16
"""Cells that a column may claim for one word, so that a term such as encoder-decoder is not broken."""


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """A comparison as a renderable."""

    block: Comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        heads = self.block.head
        rows = [[inline(first.text), *map(_cell, others)] for first, *others in self.block.rows]
        # Measured with their remarks, which are words of the cell as well.
        texts = [[self.block.rows[n][0].text, *(cell.plain for cell in row[1:])] for n, row in enumerate(rows)]
        longest = [max(map(_longest_word, column)) for column in zip(heads, *texts, strict=True)]
        table = Table(
            box=box.SIMPLE_HEAD,
            title=self.block.title,
            title_style="bold",
            title_justify="left",
            padding=(0, 1, 0, 0),
        )
        for head, width in zip(heads, _widths(longest, options.max_width), strict=True):
            table.add_column(Styled(Text(head)), style="" if head else "bold", width=width, overflow="fold")
        for row in rows:
            table.add_row(*map(Styled, row))
        yield table


def _cell(cell: Cell) -> Text:
    text = inline(cell.text)
    if cell.remark:
        text.append(f" [{cell.remark}]", "magenta")
    if cell.marked:
        text.stylize("bold green")
    return text


def _widths(longest: Sequence[int], room: int) -> list[int]:
    """Cells of each column: its longest word where there is room for that, then an equal share of the rest."""
    room -= 2 * len(longest) + 1  # gaps and edges
    head = min(longest[0], LONGEST)
    # The longest words are broken first: the largest cap under which every column still fits beside the row's name.
    fits = (cap for cap in range(LONGEST, 1, -1) if head + sum(min(word, cap) for word in longest[1:]) <= room)
    cap = next(fits, 1)
    least = [head, *(min(word, cap) for word in longest[1:])]
    # What is left goes to the columns of short words; they give way where a long one needs its room.
    even = max(room // len(longest), 1)
    while sum(max(word, even) for word in least) > room and even > 1:
        even -= 1
    return [max(word, even) for word in least]


def _longest_word(text: str) -> int:
    """Cells of the longest word of a text; Chinese may break anywhere."""
    return max(map(len, re.findall(r"[!-~]+", text)), default=1)
