"""What a terminal shows, in lines."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType


def drawn(*parts: RenderableType, width: int = 60) -> list[str]:
    """Lines on a console of so many columns, without the white space at their ends."""
    console = Console(file=io.StringIO(), width=width, no_color=True, highlight=False, markup=False)
    for part in parts:
        console.print(part)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
