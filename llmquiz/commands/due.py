"""`llmquiz due`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from llmquiz import clock
from llmquiz.app.context import ContentOption, Here, JsonOption, LangOption
from llmquiz.schedule import selection
from llmquiz.schedule.selection import Wish
from llmquiz.store.drafts_flags import stamp

if TYPE_CHECKING:
    from llmquiz.schedule.scheduling import Memory

EPILOG = "Example: llmquiz due --json"


def command(lang: LangOption = None, content: ContentOption = None, json: JsonOption = False) -> None:
    """What is due, and when the rest comes back."""
    report(Here(lang, content), json)


def counts(here: Here) -> tuple[int, int]:
    """Questions due today, and new ones at the learner's level."""
    items, dues = here.collection.items(), here.past.dues()
    until = stamp(clock.end_of_day(clock.now()))
    level = selection.level_for(items, dues, Wish())
    found = selection.candidates(items, Wish(), level, dues)
    return sum(c.due < until for c in found), sum(c.fresh and c.due >= until for c in found)


def line(here: Here) -> RenderableType:
    """What is due, in a sentence."""
    from rich.text import Text

    from llmquiz.ui.document.prose import Styled

    due, new = counts(here)
    if not here.past.dues():
        return Styled(Text(here.words("due.all-new", new=new)))
    return Styled(Text(here.words("due.count", due=due, new=new)))


def rows(here: Here) -> list[tuple[str, list[Memory]]]:
    """Each question with the memories of its items, the one that is due first on top."""
    memories = here.past.memories()
    grouped: dict[str, list[Memory]] = {}
    for item in here.collection.items():
        if item.id in memories:
            grouped.setdefault(item.question, []).append(memories[item.id])
    return sorted(grouped.items(), key=lambda row: min(m.due for m in row[1]))


def report(here: Here, json: bool) -> None:
    """Print what is due."""
    found = rows(here)
    if json:
        here.json([_json(name, memories) for name, memories in found])
        return
    from llmquiz.ui.tables import lists

    here.show(line(here))
    if found:
        here.show(lists.due(found, clock.now(), here.words))


def _json(name: str, memories: list[Memory]) -> dict[str, Any]:
    until = clock.end_of_day(clock.now())
    items = [m.item for m in memories if m.due < until] or [m.item for m in memories]
    return {"id": name, "items": items, "due": min(m.due for m in memories).isoformat()}
