"""What a terminal shows, in lines."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType


def drawn(*parts: RenderableType, width: int = 60) -> list[str]:
    """Lines on a console of so many columns, without the white space at their ends."""
    console = Console(file=io.StringIO(), width=width, no_color=True, highlight=False, markup=False)
    for part in parts:
        console.print(part)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def coloured(*parts: RenderableType) -> str:
    """What is drawn, with the codes of its colours."""
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="standard", no_color=False)
    for part in parts:
        console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def cells_of(lines: Iterable[str]) -> list[list[str]]:
    """The cells of each line of a table that has some: two spaces part them."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines if line.strip()]
