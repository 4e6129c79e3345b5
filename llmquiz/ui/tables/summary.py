"""The end of a sitting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.rule import Rule
from rich.text import Text

from llmquiz.messages.ui import Words
from llmquiz.ui.document.prose import Indent, Styled, heading, inline
from llmquiz.ui.when import when

if TYPE_CHECKING:
    from llmquiz.schedule.due_dates import Memory
    from llmquiz.schedule.reviews import Tally


def nothing(words: Words) -> RenderableType:
    """A sitting in which nothing was answered."""
    return Styled(Text(words("end.none"), style="dim"))


def sitting(
    tally: Tally, memories: Sequence[Memory], weak: Sequence[tuple[str, str, Memory]], now: datetime, words: Words
) -> Iterator[RenderableType]:
    """What was asked, gained and missed; what is due when; the weakest points over all sittings."""
    yield ""
    yield Rule(words("end.title"), align="left", style="dim")
    yield Styled(Text(words("end.asked", asked=len(tally.answers), met=tally.met, missed=tally.missed)))
    if memories:
        yield heading(words("end.due"))
        counted = Counter(when(memory.due, now, words) for memory in sorted(memories, key=lambda m: m.due))
        line = " · ".join(f"{date}: {count}" for date, count in counted.items())
        yield Indent(Styled(Text(line)), 2)
    if weak:
        yield heading(words("end.weak"))
        yield from weakest(weak, words)
    yield ""


def weakest(weak: Sequence[tuple[str, str, Memory]], words: Words) -> Iterator[RenderableType]:
    """Each weak point with how often it was missed."""
    for name, text, memory in weak:
        count = words("stats.weak-line", misses=memory.misses, reviews=memory.reviews)
        yield Indent(Styled(inline(text).append(f"  {count}", "dim"), "· "), 2)
        yield Indent(Text(name, style="dim"), 4)
