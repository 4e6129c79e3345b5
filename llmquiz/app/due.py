"""What is due, and when the rest comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from llmquiz import clock
from llmquiz.app.chosen import resolved
from llmquiz.app.context import AppContext
from llmquiz.schedule import selection
from llmquiz.schedule.selection import DrillOptions
from llmquiz.store.values import stamp

if TYPE_CHECKING:
    from llmquiz.schedule.due_dates import Memory


def counts(context: AppContext) -> tuple[int, int]:
    """Questions due today, and new ones at the learner's level."""
    items, dues = context.collection.items(), context.past.dues()
    until = stamp(clock.end_of_day(clock.now()))
    options = resolved(context, DrillOptions())
    waiting = selection.candidates(items, options, selection.level_for(items, dues, options), dues)
    # A question with something due and something new counts once, as due.
    return sum(c.due < until for c in waiting), sum(c.fresh and c.due >= until for c in waiting)


def line(context: AppContext) -> RenderableType:
    """What is due, in a sentence."""
    from rich.text import Text

    from llmquiz.ui.document.prose import Styled

    due, new = counts(context)
    if not context.past.dues():
        return Styled(Text(context.words("due.all-new", new=new)))
    return Styled(Text(context.words("due.count", due=due, new=new)))


def rows(context: AppContext) -> list[tuple[str, list[Memory]]]:
    """Each question with the memories of its items, the one that is due first on top."""
    memories = context.past.memories()
    grouped: dict[str, list[Memory]] = {}
    for item in context.collection.items():
        if item.id in memories:
            grouped.setdefault(item.question, []).append(memories[item.id])
    return sorted(grouped.items(), key=lambda row: min(m.due for m in row[1]))


def report(context: AppContext, json: bool) -> None:
    """Print what is due."""
    questions = rows(context)
    if json:
        context.json([_json(name, memories) for name, memories in questions])
        return
    from llmquiz.ui.tables import lists

    context.show(line(context))
    if questions:
        context.show(lists.due(questions, clock.now(), context.words))


def _json(name: str, memories: list[Memory]) -> dict[str, Any]:
    until = clock.end_of_day(clock.now())
    items = [m.item for m in memories if m.due < until] or [m.item for m in memories]
    return {"id": name, "items": items, "due": min(m.due for m in memories).isoformat()}
