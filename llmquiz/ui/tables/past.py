"""Past interviews on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from llmquiz.interview.judge.reasons import Recommendation
from llmquiz.messages.ui import Words
from llmquiz.ui.document.from_report import STEP_STYLE
from llmquiz.ui.document.prose import Indent, Styled, heading
from llmquiz.ui.document.screen import STYLES
from llmquiz.ui.tables import lists as tables

LEVELS = "▁▂▃▄▅▆▇█"
MOST = 12
"""Interviews that are listed; the trend goes over all of them."""


def table(trends: Mapping[str, Any], names: Mapping[str, str], words: Words) -> Iterator[RenderableType]:
    """A line an interview, then the trends."""
    rows = trends["interviews"]
    if not rows:
        yield Styled(Text(words("past.none")))
        return
    shown = tables.plain(words("past.when"), words("past.who"), words("past.verdict"), words("past.score"),
                         title=words("past.title"))  # fmt: skip
    for row in rows[-MOST:]:
        shown.add_row(_when(row["at"]), names[row["interviewer"]], _verdict(row, words), _percent(row["score"]))
    yield shown
    areas = {words(f"area.{name}"): values for name, values in trends["areas"].items()}
    habits = {words(f"habit.{name}"): values for name, values in trends["habits"].items()}
    yield from _trends(words("past.trend"), areas, words)
    yield from _trends(words("past.habits"), habits, words)
    yield ""


def _when(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"


def _verdict(row: Mapping[str, Any], words: Words) -> Text:
    if row["verdict"] is None:
        return Text(words("past.open"), style="dim")
    step = Recommendation(row["verdict"])
    text = Text(words(f"step.{step}"), style=STYLES[STEP_STYLE[step]])
    return text if row["finished"] else text.append(f" ({words('past.open')})", "dim")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(100 * share)} %"


def _trends(title: str, lists: Mapping[str, Sequence[float]], words: Words) -> Iterator[RenderableType]:
    if not any(lists.values()):
        return
    yield heading(title)
    widest = max(map(cell_len, lists))
    for label, values in lists.items():
        text = Text(label + " " * (widest - cell_len(label) + 2))
        # The newest that fit beside a label; a share of 1 belongs to the highest of the eight.
        text.append("".join(LEVELS[min(int(8 * value), 7)] for value in values[-40:]), "cyan")
        first, last = round(100 * values[0]), round(100 * values[-1])
        yield Indent(text.append("  " + words("past.change", first=first, last=last), "dim"), 2)
