"""A topic for other programs: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmquiz.schema.texts import dump
from llmquiz.ui.document.from_entry import document
from llmquiz.ui.document.markdown import body

if TYPE_CHECKING:
    from llmquiz.export.topic import ExportedTopic


def as_json(topic: ExportedTopic) -> Iterator[str]:
    """Every entry as it stands in the files."""
    rows = [{**dump(entry.entry), "id": entry.id, "kind": entry.kind} for entry in topic.entries()]
    yield json.dumps(rows, ensure_ascii=False, indent=2)


def as_csv(topic: ExportedTopic) -> Iterator[str]:
    """A line an entry: id, kind, level, question, answer."""
    buffer = io.StringIO()
    table = csv.writer(buffer)
    table.writerow(["id", "kind", "level", "question", "answer"])
    for ref in topic.entries():
        entry = ref.entry
        assert entry.type != "cell", "a topic's entries are whole tables"
        shown = document(entry, topic.context.words)
        answer = " ".join(line for line in body(shown) if line).strip()
        table.writerow([ref.id, ref.kind, entry.level.value, shown.heading, answer])
    yield from buffer.getvalue().splitlines()
