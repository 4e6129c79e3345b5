"""What loading comes to: every entry with the place where it stands, what entries share, and the faults on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmquiz.collection.faults import Fault
from llmquiz.collection.yaml import Lines
from llmquiz.ids import Id
from llmquiz.messages.faults import wording
from llmquiz.schema import questions, texts, topics
from llmquiz.schema.questions import Table
from llmquiz.schema.topics import Deck, DemoText, Entry, GlossaryEntry, Source

Loc = tuple[str | int, ...]
"""The keys and numbers that lead to a field of a file."""


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file of content: where it lies, and what it is called in messages."""

    path: Path
    shown: str
    root: Path
    topic: str = ""
    """Empty where it belongs to no topic."""


@dataclass(frozen=True, slots=True)
class LoadedEntry:
    """An entry and where it stands."""

    id: Id
    topic: str
    entry: Entry
    raw: Any
    """Its data, as the cache keeps it."""
    path: Path
    shown: str
    loc: Loc
    """Where in the file; empty where the entry is the whole file."""
    inherited: Mapping[str, Path] = field(default_factory=dict)
    """Fields that stand in another file: those of an interviewer."""


@dataclass(slots=True)
class LoadResult:
    """Everything that could be read, and what could not."""

    topics: dict[str, tuple[Path, Deck]] = field(default_factory=dict)
    entries: dict[str, LoadedEntry] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    source_places: dict[str, tuple[ContentFile, int]] = field(default_factory=dict)
    glossary: list[GlossaryEntry] = field(default_factory=list)
    topic_glossaries: dict[str, list[GlossaryEntry]] = field(default_factory=dict)
    """Terms that hold for one topic alone."""
    demos: dict[str, DemoText] = field(default_factory=dict)
    demo_paths: dict[str, Path] = field(default_factory=dict)
    interviewers: dict[str, tuple[Path, dict[str, Any] | None]] = field(default_factory=dict)
    """A person's file, and the data in it; none where it is at fault."""
    predictions: list[tuple[ContentFile, int, dict[str, Any]]] = field(default_factory=list)
    """What a demo gives a topic to guess, with its number in the demo's file."""
    faults: list[Fault] = field(default_factory=list)
    shown: dict[Path, str] = field(default_factory=dict)
    """What each file is called in messages."""
    names: set[str] = field(default_factory=set)
    """Those names: no two files share one."""
    lines: dict[Path, Lines] = field(default_factory=dict)

    def glossary_of(self, topic: str) -> list[GlossaryEntry]:
        """The terms that hold for a topic: everybody's and its own."""
        return [*self.glossary, *self.topic_glossaries.get(topic, ())]

    def line(self, path: Path, loc: Sequence[str | int]) -> tuple[int, str]:
        """Line and dotted name of a field, for a fault found after loading."""
        return self.lines.setdefault(path, Lines(path)).of(loc)

    def place(self, loaded: LoadedEntry, loc: Loc) -> tuple[str, int, str]:
        """File, line and dotted name of a field of an entry, for a fault found after loading."""
        inherited = loaded.inherited.get(str(loc[0])) if loc else None
        if inherited is not None:
            return self.shown[inherited], *self.line(inherited, loc)
        return loaded.shown, *self.line(loaded.path, (*loaded.loc, *loc))

    def fault(self, path: Path, loc: Sequence[str | int], code: str, /, **values: object) -> Fault:
        """An error in the file at `path`, found after loading."""
        return Fault(self.shown[path], *self.line(path, loc), "error", *wording(code, **values))

    def refuse(self, file: ContentFile, loc: Sequence[str | int], code: str, /, **values: object) -> None:
        """Note an error in a file at `loc`."""
        self.faults.append(Fault(file.shown, *self.line(file.path, loc), "error", *wording(code, **values)))


def items_of(loaded: LoadedEntry) -> Iterator[tuple[Id, str, texts.Level]]:
    """(item id, kind, level) of everything in an entry that is scheduled."""
    entry = loaded.entry
    match entry:
        case questions.OpenQuestion():
            for point in entry.points:
                yield loaded.id.part(point.id), "open", point.level or entry.level
        case Table():
            for row in entry.rows:
                for column, cell in row.cells.items():
                    # Nobody is asked for an answer on which the evidence conflicts.
                    if (cell.accept.en or cell.accept.zh) and not cell.contested:
                        yield loaded.id.part(row.id, column), "cell", cell.level or entry.level
        case topics.ReferenceEntry() | topics.Interview() | topics.Technique():
            return
        case _:
            yield loaded.id, entry.type, entry.level


def parts_of(loaded: LoadedEntry) -> Iterator[Id]:
    """Every addressable id inside an entry: points, rows and cells, sections of an interview."""
    match loaded.entry:
        case questions.OpenQuestion() | questions.Claim():
            yield from (loaded.id.part(point.id) for point in loaded.entry.points)
        case Table():
            for row in loaded.entry.rows:
                yield loaded.id.part(row.id)
                yield from (loaded.id.part(row.id, column) for column in row.cells)
        case topics.Interview():
            yield from (loaded.id.part(section.id) for section in loaded.entry.sections)
        case _:
            return


def former_ids(loaded: LoadedEntry) -> Iterator[Id]:
    """The full ids that an entry, what is inside it, and its points by themselves had before."""
    for old in (Id(name).in_topic(loaded.topic) for name in loaded.entry.aka):
        yield old
        yield from (old.part(*inside.parts) for inside in parts_of(loaded))
    for point in getattr(loaded.entry, "points", []):
        yield from (Id(name).in_topic(loaded.topic) for name in point.aka)
