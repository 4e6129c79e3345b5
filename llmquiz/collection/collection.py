"""All content that can be used, answered by id: what the compiled cache holds.

An entry is validated again only when it is asked for, so a drill's first question does not wait for the other ten
thousand.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from llmquiz.collection.faults import Fault
from llmquiz.errors import ContentError, UnknownId
from llmquiz.ids import Id
from llmquiz.language import Lang
from llmquiz.schema import questions, texts
from llmquiz.schema.questions import CellQuestion

if TYPE_CHECKING:
    from llmquiz.schema.topics import Deck, DemoText, Entry, GlossaryEntry, Source

ITEM_KINDS = ("open", "choice", "code", "order", "prediction", "number", "term", "claim", "cell")


def _model(kind: str) -> type[texts.Addressable]:
    """The model of an entry; those that are not asked are imported only when one is looked up."""
    scheduled: dict[str, type[texts.Addressable]] = {
        "open": questions.OpenQuestion,
        "choice": questions.ChoiceQuestion,
        "code": questions.CodeQuestion,
        "order": questions.OrderQuestion,
        "prediction": questions.PredictionQuestion,
        "number": questions.NumberFact,
        "term": questions.Term,
        "claim": questions.Claim,
        "table": questions.Table,
    }
    if kind in scheduled:
        return scheduled[kind]
    from llmquiz.schema import topics

    others: dict[str, type[texts.Addressable]] = {
        "reference": topics.ReferenceEntry,
        "interview": topics.Interview,
        "technique": topics.Technique,
    }
    return others[kind]


class Item(NamedTuple):
    """One scheduled thing, and the question that asks it."""

    id: str
    question: str
    topic: str
    kind: str
    level: int
    position: int
    """Place in the order of learning."""
    demo: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it was loaded."""

    name: str
    folder: str
    deck: Deck


@dataclass(frozen=True, slots=True)
class QuestionRef:
    """A question as the learner meets it: an entry with its full id, or one cell of a table."""

    id: Id
    kind: str
    topic: str
    entry: Entry | CellQuestion
    hash: str
    """Of what was asked, kept in the review log."""
    path: str
    langs: tuple[Lang, ...]


class Collection:
    """All content that can be used, answered by id from the compiled cache."""

    def __init__(self, db: sqlite3.Connection, unkept: str = "") -> None:
        self._db = db
        self.unkept = unkept
        """Why the cache could not be written: it is in memory then, and made again at every start."""

    def close(self) -> None:
        """Let go of the cache file."""
        self._db.close()

    def __del__(self) -> None:
        """Whoever forgets to close it: from 3.13 on Python warns of a connection that is left open."""
        with suppress(sqlite3.Error):  # it belongs to another thread
            self._db.close()

    def faults(self) -> list[Fault]:
        """What was wrong when the content was compiled."""
        return [Fault(**row) for row in json.loads(self._meta("faults"))]

    def topic_names(self) -> list[str]:
        """The names of all topics, the user's own first; reads no deck, so that a drill need not know what one is."""
        return [name for (name,) in self._db.execute("select name from topic order by rowid")]

    def topics(self) -> list[Topic]:
        """Every topic, the user's own first."""
        from llmquiz.schema.topics import Deck

        rows = self._db.execute("select name, folder, deck from topic order by rowid")
        return [Topic(name, folder, Deck.model_validate_json(deck)) for name, folder, deck in rows]

    def items(self, topic: str | None = None) -> list[Item]:
        """Every item in the order of learning."""
        where, values = ("where topic = ?", (topic,)) if topic else ("", ())
        rows = self._db.execute(
            f"select id, question, topic, kind, level, position, demo from item {where} order by position, rowid",
            values,
        )
        return [Item._make(row) for row in rows]

    def ids(self) -> list[str]:
        """Every addressable id: entries, and what is inside them."""
        return [row[0] for row in self._db.execute("select id from entry union select id from part order by 1")]

    def entries(self, kind: str | None = None, topic: str | None = None) -> Iterator[QuestionRef]:
        """Every entry in the order of the files."""
        query = "select id from entry where (?1 is null or kind = ?1) and (?2 is null or topic = ?2) order by rowid"
        # Fetched at once: `get` runs queries of its own, and the caller may stop half way.
        for (name,) in self._db.execute(query, (kind, topic)).fetchall():
            yield self.get(name)

    def get(self, name: str) -> QuestionRef:
        """The question or entry called `name`, which may leave out `topic/` where that is unique."""
        full = self.resolve(name)
        row = self._row(full)
        if row is None:  # an item inside an entry: a point answers with its question, a cell with itself
            row = self._row(full.entry)
        if row is None:
            raise UnknownId(name, self.ids())
        topic, kind, path, data, digest, langs = row
        entry = cast("Entry", _model(kind).model_validate_json(data))
        if isinstance(entry, questions.Table) and len(full.parts) == 2:
            return QuestionRef(full, "cell", topic, _cell(entry, full), digest, path, langs)
        return QuestionRef(full.entry, kind, topic, entry, digest, path, langs)

    def resolve(self, name: str, topic: str = "") -> Id:
        """The full id of `name`."""
        # Inside a topic its own ids go first, even where another topic has the same short name.
        if topic and self._known(Id(name).in_topic(topic)):
            return Id(name).in_topic(topic)
        topics = [""] if Id(name).topic else [row[0] for row in self._db.execute("select name from topic")]
        matching = [full for full in (Id(name).in_topic(topic) for topic in topics) if self._known(full)]
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise ContentError("id.ambiguous", name=name, matching=matching)
        raise UnknownId(name, [*self.ids(), *(Id(known).short for known in self.ids() if Id(known).topic)])

    def source(self, name: str) -> Source | None:
        """The citation called `name`."""
        from llmquiz.schema.topics import Source

        row = self._db.execute("select data from source where id = ?", (name,)).fetchone()
        return Source.model_validate_json(row[0]) if row else None

    def sources(self) -> list[Source]:
        """Every citation."""
        from llmquiz.schema.topics import Source

        return [Source.model_validate_json(data) for (data,) in self._db.execute("select data from source")]

    def demo(self, name: str) -> DemoText | None:
        """The words of a demo."""
        from llmquiz.schema.topics import DemoText

        row = self._db.execute("select data from demo where id = ?", (name,)).fetchone()
        return DemoText.model_validate_json(row[0]) if row else None

    def demos(self) -> dict[str, DemoText]:
        """The words of every demo, by id."""
        from llmquiz.schema.topics import DemoText

        rows = self._db.execute("select id, data from demo order by id")
        return {name: DemoText.model_validate_json(data) for name, data in rows}

    def glossary(self) -> list[GlossaryEntry]:
        """The field's terms."""
        from llmquiz.schema.topics import GlossaryEntry

        return [GlossaryEntry.model_validate(entry) for entry in json.loads(self._meta("glossary"))]

    def compiled_glossary(self, topic: str = "") -> Any:
        """The terms as they were compiled for the grader, as plain data: everybody's, and those of a topic alone."""
        # The longer key sorts last: a topic's own, which holds everybody's terms as well, goes before the common one.
        names = ("glossary_compiled", f"glossary_compiled/{topic}")
        rows = self._db.execute("select value from meta where key in (?, ?) order by key desc limit 1", names)
        return json.loads(rows.fetchone()[0])

    def aliases(self) -> dict[str, str]:
        """Former id -> id, for the review log."""
        return dict(self._db.execute("select old, new from alias"))

    def kinds(self) -> dict[str, str]:
        """Entry id -> kind, for what the item table does not hold."""
        return dict(self._db.execute("select id, kind from entry"))

    def _meta(self, key: str) -> str:
        value: str = self._db.execute("select value from meta where key = ?", (key,)).fetchone()[0]
        return value

    def _row(self, full: str) -> tuple[str, str, str, str, str, tuple[Lang, ...]] | None:
        query = (
            "select e.topic, e.kind, e.path, e.data, e.hash, t.langs from entry e join topic t on t.name = e.topic "
            "where e.id = ?"
        )
        row = self._db.execute(query, (full,)).fetchone()
        return (*row[:5], tuple(row[5].split(","))) if row else None

    def _known(self, full: str) -> bool:
        query = "select 1 from entry where id = ?1 union all select 1 from part where id = ?1 limit 1"
        return self._db.execute(query, (full,)).fetchone() is not None


def _cell(table: questions.Table, full: Id) -> CellQuestion:
    row_id, column_id = full.parts
    row = next((row for row in table.rows if row.id == row_id), None)
    column = next((column for column in table.columns if column.id == column_id), None)
    if row is None or column is None or column_id not in row.cells:
        raise UnknownId(full, [full.entry.part(r.id, c.id) for r in table.rows for c in table.columns])
    return CellQuestion(table=table, row=row, column=column, cell=row.cells[column_id])
