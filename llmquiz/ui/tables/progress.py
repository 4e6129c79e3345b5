"""How far one is: a bar for each level, a line for each topic, today's share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from llmquiz.messages.ui import Words
from llmquiz.schedule.share import Goal, Share, Standing
from llmquiz.schema.texts import Level
from llmquiz.ui.document.prose import Indent, Styled

WIDTH = 24
"""Cells of a bar."""


def bar(known: int, total: int, width: int = WIDTH) -> Text:
    """How much of a whole is known; anything at all shows as a cell, and only all of it as the last."""
    full = min(-(-width * known // total), width - (known < total)) if total else 0
    return Text("█" * full, "green").append("░" * (width - full), "dim")


def levels(rows: Sequence[Standing], words: Words) -> Iterator[RenderableType]:
    """A line for each level that there is."""
    names = [words(f"level.{list(Level)[row.level]}") for row in rows]
    widest = max(map(cell_len, names), default=0)
    for name, row in zip(names, rows, strict=True):
        line = Text(name + " " * (widest - cell_len(name) + 2)).append_text(bar(row.known, row.total))
        yield Indent(line.append(f"  {words('progress.known', known=row.known, total=row.total)}", "dim"), 2)


def topics(
    titles: Mapping[str, str], rows: Sequence[Standing], chosen: Collection[str], level: int | None, words: Words
) -> Iterator[RenderableType]:
    """Each topic with its levels; those that were chosen are marked."""
    for name, title in titles.items():
        mark = "✓ " if name in chosen else "  "
        yield ""
        yield Styled(Text(title, "bold").append(f"  {name}", "dim not bold"), mark)
        own = [row for row in rows if row.topic == name]
        yield from levels(own, words)
        due = sum(row.due for row in own)
        yield Indent(Styled(Text(words("progress.due", due=due), "dim")), 2)
    yield ""
    yield from choice(chosen, words)
    if level is not None:
        yield Styled(Text(words("progress.level", level=words(f"level.{list(Level)[level]}")), "dim"))


def choice(chosen: Collection[str], words: Words) -> Iterator[RenderableType]:
    """Which topics are asked, and how to choose others."""
    names = words("list.separator").join(chosen)
    yield Styled(Text(words("progress.chosen", names=names) if chosen else words("progress.all"), "dim"))


def share(share_: Share, goal: Goal, minutes: int, words: Words) -> Iterator[RenderableType]:
    """Today's share of a plan, and what is said when the new ones or all of it is done."""
    level = words(f"level.{list(Level)[goal.level]}")
    day = (
        words("progress.on-the-day", date=goal.day)
        if not share_.days
        else words("progress.in-days", date=goal.day, days=share_.days)
    )
    yield Styled(Text(day, "bold"))
    if share_.questions:
        text = words("progress.share", due=len(share_.due), new=len(share_.new), minutes=minutes)
        yield Styled(Text(text + (words("progress.begun", begun=share_.begun) if share_.begun else "")))
    else:
        yield Styled(Text(words("progress.share-done")))
    if not share_.new and not share_.left:
        yield Styled(Text(words("progress.level-done", level=level)))
    if share_.days <= 1:
        yield Styled(Text(words("progress.last-day")))


def gain(before: date | None, then: float | None, now: float | None, today: date, words: Words) -> Text | None:
    """The part that was recalled on the last day of learning, and today."""
    if now is None:
        return None
    text = words("progress.today", percent=round(100 * now))
    if before is None or then is None:
        return Text(text)
    yesterday = (today - before).days == 1
    last = (
        words("progress.yesterday", percent=round(100 * then))
        if yesterday
        else words("progress.last", date=before, percent=round(100 * then))
    )
    return Text(last + words("list.and") + text)
