"""Lists as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from llmquiz.messages.ui import Words
from llmquiz.ui.document.prose import Indent, inline
from llmquiz.ui.when import when

if TYPE_CHECKING:
    from llmquiz.schedule.due_dates import Memory


def plain(*columns: str, title: str = "") -> Table:
    """An empty table in the house's style; what is too long goes on below, since an id that is cut names nothing."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), title=title or None, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, style="cyan" if number == 0 else "", overflow="fold")
    return table


def due(rows: Sequence[tuple[str, Sequence[Memory]]], now: datetime, words: Words, most: int = 20) -> Table:
    """Questions with how many items come back when."""
    table = plain(words("due.question"), words("due.items"), words("due.when"))
    for name, memories in rows[:most]:
        table.add_row(name, str(len(memories)), when(min(m.due for m in memories), now, words))
    if len(rows) > most:
        table.add_row("…", str(sum(len(m) for _, m in rows[most:])), "")
    return table


def listing(rows: Sequence[tuple[str, str, str, str, str]], words: Words) -> Iterator[RenderableType]:
    """id, kind, level, status, text of entries: two lines each, so that neither ids nor texts are squeezed."""
    for name, kind, level, status, text in rows:
        head = Text(name, style="cyan", overflow="fold")
        yield head.append(f"  {kind} · {level} · {status}", "dim not bold")
        yield Indent(Text(inline(text.replace("\n", " ")).plain, no_wrap=True, overflow="ellipsis"), 2)
    yield Text(words("list.count", count=len(rows)), style="dim")
