"""A topic for other programs."""

from __future__ import annotations

import csv
import json

from llmquiz.export.data import as_csv, as_json
from llmquiz.export.topic import ExportedTopic
from tests.entries import DATA


def test_the_table_has_a_line_for_every_kind(every_kind: ExportedTopic) -> None:
    head, *rows = csv.reader(as_csv(every_kind))
    assert head == ["id", "kind", "level", "question", "answer"]
    assert {row[1] for row in rows} == set(DATA)
    assert [
        "all/number",
        "number",
        "core",
        "How many parameters?",
        "**175 billion parameters**. As published.",
    ] in rows
    assert [row[3] for row in rows if row[1] == "claim"] == ["The cache is free."]


def test_the_data_holds_every_entry_as_it_stands_in_the_files(every_kind: ExportedTopic) -> None:
    rows = {row["kind"]: row for row in json.loads("".join(as_json(every_kind)))}
    assert set(rows) == set(DATA)
    assert rows["claim"]["id"] == "all/claim"
    assert rows["claim"]["right"] == DATA["claim"]["right"]
