"""The end of a sitting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from llmquiz.clock import day
from llmquiz.messages.ui import Words
from llmquiz.ui.document.prose import Indent, Styled, heading, inline
from llmquiz.ui.tables.progress import gain
from llmquiz.ui.when import when

if TYPE_CHECKING:
    from llmquiz.schedule.due_dates import Memory
    from llmquiz.schedule.reviews import Tally


MOST_UP = 5
"""Items that are named; the screen has 24 lines."""


def nothing(words: Words) -> RenderableType:
    """A sitting in which nothing was answered."""
    return Styled(Text(words("end.none"), style="dim"))


Recalled = tuple[date | None, float | None, float | None]
"""The last day of learning before today, and the part recalled on it and today."""


def sitting(
    tally: Tally,
    memories: Sequence[Memory],
    weak: Sequence[tuple[str, str, Memory]],
    now: datetime,
    words: Words,
    *,
    up: Sequence[str] = (),
    again: int = 0,
    gained: Recalled = (None, None, None),
) -> Iterator[RenderableType]:
    """What was asked, gained and missed; what moved up; what is due when; the weakest points over all sittings.

    `up`: what was recalled after it had been missed; `again`: questions recalled at a second try.
    """
    yield ""
    yield Rule(words("end.title"), align="left", style="dim")
    yield Styled(Text(words("end.asked", asked=len(tally.answers), met=tally.met, missed=tally.missed)))
    if again:
        yield Styled(Text(words("end.again", count=again)))
    if progress := gain(*gained, day(now), words):
        yield Styled(progress)
    if up:
        yield heading(words("end.up"))
        yield from (Indent(Styled(inline(text), "↑ "), 2) for text in up[:MOST_UP])
    if memories:
        yield heading(words("end.due"))
        counted = Counter(when(memory.due, now, words) for memory in sorted(memories, key=lambda m: m.due))
        line = " · ".join(f"{date}{words('list.colon')}{count}" for date, count in counted.items())
        yield Indent(Styled(Text(line)), 2)
    if weak:
        yield heading(words("end.weak"))
        yield from weakest(weak, words)
    yield ""


def weakest(weak: Sequence[tuple[str, str, Memory]], words: Words) -> Iterator[RenderableType]:
    """Each weak point with how often it was missed."""
    for _, text, memory in weak:
        count = words("stats.weak-line", misses=memory.misses, reviews=memory.reviews)
        yield Indent(Styled(inline(text).append(f"  {count}", "dim"), "· "), 2)
