"""Loaded content -> the compiled cache."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

from llmquiz.collection.load import LoadedEntry, LoadResult, items_of, parts_of
from llmquiz.schema.texts import Level, dump

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


def write(db: sqlite3.Connection, loaded: LoadResult) -> None:
    """Write `loaded` to a new cache, a file or in memory."""
    for pragma in ("journal_mode = off", "synchronous = off"):  # the file is moved into place when it is whole
        db.execute(f"pragma {pragma}")
    db.execute("begin")
    for table in _TABLES:
        db.execute(table)
    _fill(db, loaded)
    db.execute("commit")


def _fill(db: sqlite3.Connection, loaded: LoadResult) -> None:
    from llmquiz.grading.text.glossary import Glossary

    topics = [
        (name, str(folder), ",".join(deck.langs), json.dumps(dump(deck), ensure_ascii=False))
        for name, (folder, deck) in loaded.topics.items()
    ]
    db.executemany("insert into topic values (?, ?, ?, ?)", topics)
    entries = [(f.id, f.topic, f.entry.type, str(f.path), *_data_and_hash(f)) for f in loaded.entries.values()]
    db.executemany("insert into entry values (?, ?, ?, ?, ?, ?)", entries)
    db.executemany("insert into item values (?, ?, ?, ?, ?, ?, ?)", _items(loaded))
    db.executemany(
        "insert or ignore into part values (?)", [(p,) for f in loaded.entries.values() for p in parts_of(f)]
    )
    db.executemany("insert into source values (?, ?)", [(s.id, s.model_dump_json()) for s in loaded.sources.values()])
    db.executemany("insert into demo values (?, ?)", [(n, d.model_dump_json()) for n, d in loaded.demos.items()])
    db.executemany("insert or ignore into alias values (?, ?)", _aliases(loaded))
    faults = json.dumps([_fault_row(fault) for fault in loaded.faults], ensure_ascii=False)
    glossary = json.dumps([entry.model_dump(mode="json") for entry in loaded.glossary], ensure_ascii=False)
    compiled = json.dumps(Glossary.build(loaded.glossary).to_json(), ensure_ascii=False)
    meta = {"faults": faults, "glossary": glossary, "glossary_compiled": compiled}
    db.executemany("insert into meta values (?, ?)", list(meta.items()))


def _fault_row(fault: Any) -> dict[str, Any]:
    return {**fault.as_json(), "zh": fault.zh}


def _data_and_hash(filed: LoadedEntry) -> tuple[str, str]:
    data = json.dumps(filed.raw, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return data, hashlib.sha256(data.encode()).hexdigest()[:16]


def _items(loaded: LoadResult) -> list[tuple[str, str, str, str, int, int, str]]:
    """Every item, placed by level, then by the deck's order, then by the order of the files."""
    rows = []
    places = {
        f"{topic}/{name.removeprefix(f'{topic}/')}": place
        for topic, (_, deck) in loaded.topics.items()
        for place, name in enumerate(deck.order)
    }
    ranks = {level: rank for rank, level in enumerate(Level)}
    for count, filed in enumerate(loaded.entries.values()):
        place = places.get(filed.id, 100_000 + count)
        for item, kind, level in items_of(filed):
            question = item if kind == "cell" else filed.id
            position = ranks[level] * 10_000_000 + places.get(item, place)
            rows.append((item, question, filed.topic, kind, ranks[level], position, filed.entry.demo or ""))
    return rows


def _aliases(loaded: LoadResult) -> list[tuple[str, str]]:
    rows = []
    for filed in loaded.entries.values():
        rows += [(_full(old, filed.topic), filed.id) for old in filed.entry.aka]
        for point in getattr(filed.entry, "points", []):
            rows += [(_full(old, filed.topic), f"{filed.id}.{point.id}") for old in point.aka]
    return rows


def _full(name: str, topic: str) -> str:
    return name if "/" in name else f"{topic}/{name}"
