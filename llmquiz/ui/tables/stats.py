"""Statistics on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from llmquiz.messages.ui import Words
from llmquiz.ui.document.prose import Indent, Styled, heading
from llmquiz.ui.tables.progress import levels
from llmquiz.ui.tables.summary import weakest

SHADES = " ░▒▓█"


def stats(statistics: Mapping[str, Any], words: Words) -> Iterator[RenderableType]:
    """Totals, retention, forecast, calendar and weak points."""
    if not statistics["answers"]:
        yield Styled(Text(words("stats.none")))
        return
    yield heading(words("stats.known"))
    yield from levels(statistics["levels"], words)
    for title, rows in statistics["topics"]:
        yield Indent(Styled(Text(title, "dim")), 2, top=1)
        yield from levels(rows, words)
    yield heading(words("stats.title"))
    table = Table.grid(padding=(0, 2))
    for key in ("answers", "reviews", "items", "days"):
        table.add_row(words(f"stats.{key}"), str(statistics[key]))
    yield Indent(table, 2)
    yield heading(words("stats.retention"))
    yield Indent(Styled(Text(_retention(statistics["retention"], words))), 2)
    yield heading(words("stats.forecast"))
    yield Indent(_bars(statistics["forecast"], date.fromisoformat(statistics["today"])), 2)
    yield heading(words("stats.calendar"))
    yield Indent(calendar(statistics["calendar"], date.fromisoformat(statistics["today"])), 2)
    if statistics["rows"]:
        yield heading(words("stats.weak"))
        yield from weakest(statistics["rows"], words)
    yield ""


def _retention(retention: Mapping[str, Any], words: Words) -> str:
    if retention["rate"] is None:
        return words("stats.no-retention")
    return words("stats.retention-line", percent=round(100 * retention["rate"]), count=retention["reviews"])


def _bars(counts: Sequence[int], today: date) -> RenderableType:
    most = max([*counts, 1])
    text = Text()
    for ahead, count in enumerate(counts):
        text.append(f"{today + timedelta(days=ahead):%m-%d} ", "dim")
        text.append("█" * round(30 * count / most), "cyan").append(f" {count}\n" if count else "·\n", "dim")
    text.rstrip()
    return text


def calendar(counts: Mapping[str, int], today: date, weeks: int = 18) -> RenderableType:
    """A row a weekday, a column a week, as GitHub draws it; darker is more."""
    # The Monday of the first week.
    start = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    most = max([*counts.values(), 1])
    text = Text()
    for weekday in range(7):
        for week in range(weeks):
            day = start + timedelta(days=7 * week + weekday)
            count = counts.get(day.isoformat(), 0)
            # Rounded up: any review at all is darker than none.
            shade = SHADES[min(4, -(-4 * count // most))] if day <= today else " "
            text.append((shade if count else "·" if day <= today else " ") * 2, "green" if count else "dim")
        text.append("\n")
    text.append(f"{start:%Y-%m-%d} – {today:%Y-%m-%d}", "dim")
    return text
