"""Every question, claim, table and reference, with what the learner knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError
from llmquiz.ids import Id
from llmquiz.language import LANGS
from llmquiz.schema.plain import heading
from llmquiz.schema.questions import Claim, OpenQuestion, Table
from llmquiz.schema.texts import Level
from llmquiz.schema.topics import Interview

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.due_dates import Memory

STATUSES = ("new", "due", "learned", "weak")
WORST_FIRST = ("due", "weak", "learned")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is listed."""

    search: str = ""
    """Words that all stand in the id or the text, or synonyms of them, in either language."""
    kind: str | None = None
    status: str | None = None
    """One of `STATUSES`."""
    topic: str | None = None


def listing(context: AppContext, wanted: Filter, json: bool) -> None:
    """Print what there is to learn; as JSON also every item inside an entry.

    Raises: LlmquizError for a status that there is not.
    """
    if wanted.status and wanted.status not in STATUSES:
        raise LlmquizError("list.no-status", status=wanted.status, statuses=STATUSES)
    rows = [row for question in context.collection.entries(topic=wanted.topic) for row in _rows(question)]
    statuses = _statuses(context)
    search = Search(context, wanted.search) if wanted.search.strip() else None
    rows = [row for row in rows if _fits(row, search, wanted, statuses)]
    if json:
        context.json([{key: value for key, value in row.items() if key != "text"} for row in rows])
        return
    # On the screen a point stands under its question; a cell is asked by itself.
    _show(context, [row for row in rows if not row["id"].parts or row["kind"] == "cell"], statuses)


def _rows(question: QuestionRef) -> list[dict[str, Any]]:
    """One row an addressable id of an entry."""
    entry: Any = question.entry
    verdict = getattr(entry, "verdict", None)
    base = {
        "id": question.id,
        "topic": question.topic,
        "kind": question.kind,
        "level": entry.level.value,
        "langs": list(question.langs),
        "sources": entry.sources,
        "demo": entry.demo,
        "verdict": verdict.value if verdict else None,
        "text": {lang: heading(entry, lang) for lang in LANGS},
    }
    return [base, *(base | inside for inside in _inside(question))]


def _inside(question: QuestionRef) -> Iterator[dict[str, Any]]:
    """What differs for the points and cells inside an entry."""
    entry: Any = question.entry
    for point in entry.points if isinstance(entry, OpenQuestion | Claim) else []:
        level, sources = (point.level or entry.level).value, point.sources or entry.sources
        name = question.id.part(point.id)
        yield {"id": name, "kind": "point", "level": level, "sources": sources, "text": point.text}
    for section in entry.sections if isinstance(entry, Interview) else []:
        yield {"id": question.id.part(section.id), "kind": "turn", "text": section.title}
    for row in entry.rows if isinstance(entry, Table) else []:
        for column, cell in row.cells.items():
            name, level = question.id.part(row.id, column), (cell.level or entry.level).value
            verdict, sources = "contested" if cell.contested else None, cell.sources or entry.sources
            yield {
                "id": name,
                "kind": "cell",
                "level": level,
                "verdict": verdict,
                "sources": sources,
                "text": cell.text,
            }


def _statuses(context: AppContext) -> dict[str, str]:
    """The status of every item that was seen, and of every entry the worst of its items."""
    until = clock.end_of_day(clock.now())
    statuses: dict[str, str] = {}
    for memory in context.past.memories().values():
        status = _status(memory, until)
        for name in {memory.item, Id(memory.item).entry}:
            statuses[name] = min(statuses.get(name, status), status, key=WORST_FIRST.index)
    return statuses


def _status(memory: Memory, until: Any) -> str:
    if memory.due < until:
        return "due"
    return "weak" if memory.misses else "learned"


class Search:
    """Words to look for: as they are written, and as the glossary's terms in both languages."""

    def __init__(self, context: AppContext, words: str) -> None:
        from llmquiz.grading.text.read import fold, keys

        self._fold, self._keys = fold, keys
        self._glossary = context.glossary()
        self._words = fold(words)[0].split()
        tokens = keys(words)
        whole = self._glossary.term(tokens)
        self._terms = {whole} if whole else set(self._glossary.canonical(tokens))

    def fits(self, *texts: str) -> bool:
        """Whether all of it stands in the texts together."""
        folded = self._fold(" ".join(texts))[0]
        if all(word in folded for word in self._words):
            return True
        if not any(term.startswith("@") for term in self._terms):
            return False
        present = {token for text in texts for token in self._glossary.canonical(self._keys(text))}
        return all(term in present or term in folded for term in self._terms)


def _fits(row: dict[str, Any], search: Search | None, wanted: Filter, statuses: dict[str, str]) -> bool:
    return (
        (not wanted.kind or row["kind"] == wanted.kind)
        and (not wanted.status or statuses.get(row["id"], "new") == wanted.status)
        and (not search or search.fits(row["id"], *([row["text"][lang] for lang in LANGS] if row["text"] else [])))
    )


def _show(context: AppContext, rows: list[dict[str, Any]], statuses: dict[str, str]) -> None:
    from llmquiz.ui.tables import lists

    words = context.words
    if not rows:
        context.show(words("list.none"))
        return
    shown = [
        (row["id"], words(f"kind.{row['kind']}"), words(f"level.{Level(row['level'])}"),
         words(f"status.{statuses.get(row['id'], 'new')}"), row["text"][context.lang] if row["text"] else "")
        for row in rows
    ]  # fmt: skip
    context.show(*lists.listing(shown, words))
