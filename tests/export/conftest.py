"""A topic with one entry of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.app.context import AppContext
from llmquiz.export.topic import ExportedTopic, topic
from tests.entries import DATA, SHARED

LISTS = {
    "number": "numbers",
    "term": "terms",
    "claim": "claims",
    "table": "tables",
    "reference": "references",
    "technique": "technique",
    "interview": "interviews",
}
"""Where an entry stands in a file; a question stands in `questions`, and says its type."""


@pytest.fixture
def every_kind(write: Callable[[str, str], Path]) -> ExportedTopic:
    """The topic, called `all`; an entry's id is its kind."""
    lists: dict[str, list[dict[str, object]]] = {}
    for kind, data in DATA.items():
        entry = {**SHARED, **data, "id": kind}
        if kind == "interview":
            entry["sections"] = [{"id": "start", "title": {"en": "Start", "zh": "开始"}, "minutes": 5, "ask": ["open"]}]
        lists.setdefault(LISTS.get(kind, "questions"), []).append(entry if kind in LISTS else {"type": kind, **entry})
    write("all/entries.yaml", json.dumps(lists))
    deck = {
        "title": {"en": "All", "zh": "全"},
        "summary": {"en": "Every kind.", "zh": "每一种。"},
        "langs": ["en", "zh"],
    }
    path = write("all/deck.yaml", json.dumps({**deck, "order": ["order", "choice"]}))
    context = AppContext("en", path.parent.parent)
    assert [fault for fault in context.collection.faults() if fault.level == "error"] == []
    return topic(context, "all")
