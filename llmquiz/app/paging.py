"""What is longer than the screen, a screenful at a time."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.segment import SegmentLines

from llmquiz.app.context import AppContext
from llmquiz.ui.keyboard.ask import Asker, asker, at_terminal
from llmquiz.ui.keyboard.editor import key_lines


def paged(context: AppContext, keyboard: Asker, *parts: RenderableType, back: bool = False) -> None:
    """Print `parts`; in a terminal a screenful, then what a key says: on, or back.

    `back`: something is shown again after the last one, so that it waits for a key as well.
    """
    console = context.console
    lines = console.render_lines(Group(*parts), console.options, pad=False)
    room = rows(context, context.words("keys.page", pages="00/00"))
    if not keyboard.interactive:
        console.print(SegmentLines(lines, new_lines=True), end="")
        return
    for start in range(0, len(lines), room):
        console.print(SegmentLines(lines[start : start + room], new_lines=True), end="")
        pages = f"{start // room + 1}/{-(-len(lines) // room)}"
        last = start + room >= len(lines)
        keys = "keys.back" if last else "keys.page"
        if (back or not last) and keyboard.key(context.words(keys, pages=pages), "\n q") == "q":
            return


def shown(context: AppContext, *parts: RenderableType) -> None:
    """Print `parts`; where somebody sits at a terminal, a screenful at a time."""
    if at_terminal():
        paged(context, asker(context.words), *parts)
    else:
        context.show(*parts)


def rows(context: AppContext, keys: str) -> int:
    """The lines that can be shown at once above these keys."""
    size = context.console.size
    # One more for the cursor, which stands in a line of its own.
    return max(size.height - 1 - len(key_lines(keys, size.width)), 1)
