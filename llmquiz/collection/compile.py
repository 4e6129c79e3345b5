"""Loaded content -> the compiled cache."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import asdict

from llmquiz.collection.loaded import LoadedEntry, LoadResult, items_of, parts_of
from llmquiz.ids import Id
from llmquiz.schema.texts import dump

_TABLES = (
    "create table meta (key text primary key, value text not null) strict",
    "create table topic (name text primary key, folder text not null, langs text not null, deck text not null) strict",
    "create table entry (id text primary key, topic text not null, kind text not null, path text not null, "
    "data text not null, hash text not null) strict",
    "create table item (id text primary key, question text not null, topic text not null, kind text not null, "
    "level integer not null, position integer not null, demo text not null) strict",
    "create table part (id text primary key) strict",
    "create index item_position on item (position)",
    "create table source (id text primary key, data text not null) strict",
    "create table demo (id text primary key, data text not null) strict",
    "create table alias (old text primary key, new text not null) strict",
)


def write(db: sqlite3.Connection, result: LoadResult) -> None:
    """Write `result` to a new cache, a file or in memory."""
    for pragma in ("journal_mode = off", "synchronous = off"):  # the file is moved into place when it is whole
        db.execute(f"pragma {pragma}")
    db.execute("begin")
    for table in _TABLES:
        db.execute(table)
    _fill(db, result)
    db.execute("commit")


def _fill(db: sqlite3.Connection, result: LoadResult) -> None:
    from llmquiz.grading.text.glossary import Glossary

    topics = [
        (name, str(folder), ",".join(deck.langs), json.dumps(dump(deck), ensure_ascii=False))
        for name, (folder, deck) in result.topics.items()
    ]
    db.executemany("insert into topic values (?, ?, ?, ?)", topics)
    entries = [
        (loaded.id, loaded.topic, loaded.entry.type, str(loaded.path), *_data_and_hash(loaded))
        for loaded in result.entries.values()
    ]
    db.executemany("insert into entry values (?, ?, ?, ?, ?, ?)", entries)
    # a point may be named twice: `check` says so, and the first of them is asked
    db.executemany("insert or ignore into item values (?, ?, ?, ?, ?, ?, ?)", _items(result))
    parts = [(part,) for loaded in result.entries.values() for part in parts_of(loaded)]
    db.executemany("insert or ignore into part values (?)", parts)
    db.executemany("insert into source values (?, ?)", [(s.id, s.model_dump_json()) for s in result.sources.values()])
    db.executemany("insert into demo values (?, ?)", _demos(result))
    db.executemany("insert or ignore into alias values (?, ?)", _aliases(result))
    faults = json.dumps([asdict(fault) for fault in result.faults], ensure_ascii=False)
    glossary = json.dumps([entry.model_dump(mode="json") for entry in result.glossary], ensure_ascii=False)
    meta = {"faults": faults, "glossary": glossary}
    for topic in ("", *result.topic_glossaries):
        compiled = Glossary.build(result.glossary_of(topic)).to_json()
        meta[f"glossary_compiled{topic and '/'}{topic}"] = json.dumps(compiled, ensure_ascii=False)
    db.executemany("insert into meta values (?, ?)", list(meta.items()))


def _demos(result: LoadResult) -> list[tuple[str, str]]:
    """The words of each demo; its predictions are entries of their topics."""
    return [(name, words.model_dump_json(exclude={"predictions"})) for name, words in result.demos.items()]


def _data_and_hash(loaded: LoadedEntry) -> tuple[str, str]:
    # Keys are sorted: moving a field within the file is no change of the question.
    data = json.dumps(loaded.raw, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return data, hashlib.sha256(data.encode()).hexdigest()[:16]


def _items(result: LoadResult) -> list[tuple[str, str, str, str, int, int, str]]:
    """Every item, placed by level, then by the deck's order, then by the order of its sections and files."""
    rows: list[tuple[str, str, str, str, int, int, str]] = []
    places = {
        Id(name).in_topic(topic): place
        for topic, (_, deck) in result.topics.items()
        for place, name in enumerate(deck.order)
    }
    for count, loaded in enumerate(result.entries.values()):
        # Beyond any place in a deck's order; the level outweighs both.
        place = places.get(loaded.id, 100_000 + count)
        for item, kind, level in items_of(loaded):
            question = item if kind == "cell" else loaded.id
            position = level.rank * 10_000_000 + places.get(item, place)
            rows.append((item, question, loaded.topic, kind, level.rank, position, loaded.entry.demo or ""))
    return rows


def _aliases(result: LoadResult) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for loaded in result.entries.values():
        rows += [(Id(old).in_topic(loaded.topic), loaded.id) for old in loaded.entry.aka]
        for point in getattr(loaded.entry, "points", []):
            rows += [(Id(old).in_topic(loaded.topic), loaded.id.part(point.id)) for old in point.aka]
    return rows
