"""What an entry comes to once it is loaded: what is scheduled of it, what can be named, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmquiz.collection.faults import Fault
from llmquiz.collection.loaded import ContentFile, LoadedEntry, LoadResult, former_ids, items_of, parts_of
from llmquiz.ids import Id
from llmquiz.messages.faults import wording
from llmquiz.schema.topics import GlossaryEntry
from tests.entries import DATA, MODELS, POINTS, SHARED, both

Write = Callable[[str, str], Path]
TABLE: dict[str, Any] = DATA["table"]


def loaded(kind: str, **changes: object) -> LoadedEntry:
    """The sample of a kind with other values for some fields, in the topic t."""
    data = {"type": kind, **SHARED, **DATA[kind], **changes}
    entry: Any = MODELS[kind].model_validate(data, strict=False)
    return LoadedEntry(Id("t/x"), "t", entry, data, Path("t/x.yaml"), "t/x.yaml", ())


ITEMS: dict[str, list[str]] = {
    "open": ["t/x.variance", "t/x.fold"],
    "table": ["t/x.encoder.sees"],
    "reference": [],
    "technique": [],
    "interview": [],
}
"""What is scheduled where that is not the entry itself."""


@pytest.mark.parametrize("kind", MODELS)
def test_what_is_scheduled_of_each_kind(kind: str) -> None:
    items = [(item, of) for item, of, _ in items_of(loaded(kind))]
    assert items == [(item, "cell" if kind == "table" else kind) for item in ITEMS.get(kind, ["t/x"])]


def test_a_point_or_cell_may_have_a_level_of_its_own() -> None:
    points = [POINTS[0], {**POINTS[1], "level": "expert"}]
    cells = {
        "sees": {"text": both("both sides"), "accept": {"en": ["both"]}, "level": "deep"},
        "makes": {"text": both("vectors"), "accept": {"en": ["vectors"]}},
    }
    table = loaded("table", rows=[{**TABLE["rows"][0], "cells": cells}])
    assert [str(level) for _, _, level in items_of(loaded("open", points=points))] == ["core", "expert"]
    assert [str(level) for _, _, level in items_of(table)] == ["deep", "core"]


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ({"accept": {"en": ["both"]}}, True),
        ({"accept": {"zh": ["两侧"]}}, True),
        ({"accept": {"en": ["both"]}, "contested": True}, False),
        ({}, False),
    ],
)
def test_a_cell_is_asked_where_an_answer_is_accepted_and_the_evidence_agrees(cell: Any, asked: bool) -> None:
    cells = {"sees": {"text": both("both sides"), **cell}}
    items = [item for item, _, _ in items_of(loaded("table", rows=[{**TABLE["rows"][0], "cells": cells}]))]
    assert items == ["t/x.encoder.sees"] * asked


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        (loaded("open"), ["variance", "fold"]),
        (loaded("claim", points=POINTS), ["variance", "fold"]),
        (loaded("table"), ["encoder", "encoder.sees", "encoder.makes"]),
        (loaded("interview"), ["start"]),
        (loaded("choice"), []),
    ],
    ids=lambda value: value.entry.type if isinstance(value, LoadedEntry) else "",
)
def test_what_can_be_named_inside_an_entry(entry: LoadedEntry, parts: list[str]) -> None:
    assert list(parts_of(entry)) == [f"t/x.{part}" for part in parts]


def test_an_entry_and_what_is_inside_it_had_other_ids_before() -> None:
    points = [{**POINTS[0], "aka": ["old.spread"]}, POINTS[1]]
    assert list(former_ids(loaded("open", aka=["old", "u/older"], points=points))) == [
        *("t/old", "t/old.variance", "t/old.fold"),
        *("u/older", "u/older.variance", "u/older.fold"),
        "t/old.spread",
    ]
    assert list(former_ids(loaded("term", aka=["old"]))) == ["t/old"]


def test_a_topic_has_everybodys_terms_and_its_own() -> None:
    shared, own = (GlossaryEntry(id=name, en=[name], zh=[name]) for name in ("shared", "own"))
    result = LoadResult(glossary=[shared], topic_glossaries={"t": [own]})
    assert (result.glossary_of("t"), result.glossary_of("u")) == ([shared, own], [shared])


def test_a_field_is_placed_where_it_stands_in_its_file_or_in_the_persons(write: Write) -> None:
    path = write("t/interview.yaml", "interviews:\n  - id: ann\n    sections:\n      - id: a\n        minutes: 5\n")
    person = write("interviewers/ann.yaml", "name: {en: Ann}\nmanner:\n  en: Calm.\n")
    result = LoadResult(shown={path: "t/interview.yaml", person: "interviewers/ann.yaml"})
    entry: Any = None
    ann = LoadedEntry(
        Id("t/ann"), "t", entry, {}, path, result.shown[path], ("interviews", 0), {"manner": person, "name": person}
    )
    assert result.place(ann, ("manner", "en")) == ("interviewers/ann.yaml", 3, "manner.en")
    assert result.place(ann, ("sections", 0, "minutes")) == ("t/interview.yaml", 5, "interviews.0.sections.0.minutes")
    # What is missing stands where it is to be added.
    assert result.place(ann, ("sections", 0, "ask")) == ("t/interview.yaml", 4, "interviews.0.sections.0.ask")
    assert result.place(ann, ()) == ("t/interview.yaml", 2, "interviews.0")


def test_a_refusal_is_an_error_at_its_line_in_both_languages(write: Write) -> None:
    path = write("t/a.yaml", "claims:\n  - text: x\n    id: free\n")
    result = LoadResult()
    result.refuse(ContentFile(path, "content/t/a.yaml", path.parent), ("claims", 0, "id"), "id.twice", name="free")
    assert result.faults == [Fault("content/t/a.yaml", 3, "claims.0.id", "error", *wording("id.twice", name="free"))]
