"""`llmquiz list`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmquiz import clock
from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption
from llmquiz.errors import LlmquizError
from llmquiz.schema.questions import Claim, OpenQuestion, Table
from llmquiz.schema.texts import Level
from llmquiz.schema.topics import Interview

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.scheduling import Memory

EPILOG = "Example: llmquiz list --kind claim --search cache"
STATUSES = ("new", "due", "learned", "weak")


def command(
    search: Annotated[str, typer.Option("--search", help="Words in the id or the text.")] = "",
    kind: Annotated[str | None, typer.Option("--kind", help="open, choice, claim, table, reference ...")] = None,
    status: Annotated[str | None, typer.Option("--status", help="new, due, learned or weak.")] = None,
    topic: Annotated[str | None, typer.Option("--topic", help="Only this topic.")] = None,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """Every question, claim, table and reference; search and filter. With --json also every item inside them."""
    context = AppContext(lang, content)
    if status and status not in STATUSES:
        raise LlmquizError(
            f"No status {status!r}: {', '.join(STATUSES)}.", f"没有“{status}”这种状态：{'、'.join(STATUSES)}。"
        )
    rows = [row for asked in context.collection.entries(topic=topic) for row in _rows(asked)]
    statuses = _statuses(context)
    rows = [row for row in rows if _fits(row, context, search, kind, status, statuses)]
    if json:
        context.json([{key: value for key, value in row.items() if key != "text"} for row in rows])
        return
    _show(context, [row for row in rows if "." not in row["id"] or row["kind"] == "cell"], statuses)


def _rows(asked: QuestionRef) -> list[dict[str, Any]]:
    """One row an addressable id of an entry."""
    entry: Any = asked.entry
    verdict = getattr(entry, "verdict", None)
    base = {
        "id": asked.id,
        "topic": asked.topic,
        "kind": asked.kind,
        "level": entry.level.value,
        "langs": list(asked.langs),
        "sources": entry.sources,
        "demo": entry.demo,
        "verdict": verdict.value if verdict else None,
        "text": _text(entry),
    }
    return [base, *(base | inside for inside in _inside(asked))]


def _inside(asked: QuestionRef) -> Iterator[dict[str, Any]]:
    """What differs for the points and cells inside an entry."""
    entry: Any = asked.entry
    for point in entry.points if isinstance(entry, OpenQuestion | Claim) else []:
        level, sources = (point.level or entry.level).value, point.sources or entry.sources
        name = f"{asked.id}.{point.id}"
        yield {"id": name, "kind": "point", "level": level, "sources": sources, "text": point.text}
    for section in entry.sections if isinstance(entry, Interview) else []:
        yield {"id": f"{asked.id}.{section.id}", "kind": "turn", "text": section.title}
    for row in entry.rows if isinstance(entry, Table) else []:
        for column, cell in row.cells.items():
            name, level = f"{asked.id}.{row.id}.{column}", (cell.level or entry.level).value
            verdict, sources = "contested" if cell.contested else None, cell.sources or entry.sources
            yield {
                "id": name,
                "kind": "cell",
                "level": level,
                "verdict": verdict,
                "sources": sources,
                "text": cell.text,
            }


def _text(entry: Any) -> Any:
    for name in ("prompt", "text", "title", "name"):
        if hasattr(entry, name):
            return getattr(entry, name)
    return None


def _statuses(context: AppContext) -> dict[str, str]:
    until = clock.end_of_day(clock.now())
    return {memory.item: _status(memory, until) for memory in context.past.memories().values()}


def _status(memory: Memory, until: Any) -> str:
    if memory.due < until:
        return "due"
    return "weak" if memory.lapses or memory.stability < 1 else "learned"


def _fits(
    row: dict[str, Any],
    context: AppContext,
    search: str,
    kind: str | None,
    status: str | None,
    statuses: dict[str, str],
) -> bool:
    text = row["text"][context.lang] if row["text"] else ""
    words = f"{row['id']} {text}".lower()
    return (
        (not kind or row["kind"] == kind)
        and all(word in words for word in search.lower().split())
        and (not status or _of(row["id"], statuses) == status)
    )


def _of(name: str, statuses: dict[str, str]) -> str:
    """The status of an id: its own, else the worst of its items, else new."""
    found = [state for item, state in statuses.items() if item == name or item.startswith(f"{name}.")]
    return next((state for state in ("due", "weak", "learned") if state in found), "new")


def _show(context: AppContext, rows: list[dict[str, Any]], statuses: dict[str, str]) -> None:
    from llmquiz.ui.tables import lists

    words = context.words
    if not rows:
        context.show(words("list.none"))
        return
    shown = [
        (row["id"], words(f"kind.{row['kind']}"), words(f"level.{Level(row['level'])}"),
         words(f"status.{_of(row['id'], statuses)}"), row["text"][context.lang] if row["text"] else "")
        for row in rows
    ]  # fmt: skip
    context.show(*lists.listing(shown, words))
