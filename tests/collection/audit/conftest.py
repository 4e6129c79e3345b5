"""Topics of a few entries, for what the audit says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.collection.load import load
from llmquiz.collection.loaded import LoadResult
from llmquiz.messages.faults import wording
from tests.entries import DATA, SHARED

Topic = Callable[..., LoadResult]

DECK = "title: {en: T, zh: 题}\nsummary: {en: S, zh: 述}\nlangs: [%s]\n"


def entry(kind: str, **changes: object) -> dict[str, object]:
    """The sample of a kind as data, with other values for some fields; `_` in their names stands for a hyphen."""
    return {"type": kind, **SHARED, **DATA[kind], **{name.replace("_", "-"): to for name, to in changes.items()}}


def noted(field: str, code: str, /, **values: object) -> tuple[str, tuple[str, str]]:
    """What is noted of a field: its name, and what the fault says in each language."""
    return field, wording(code, **values)


@pytest.fixture
def topic(write: Callable[[str, str], Path]) -> Topic:
    """Load a topic t of some entries, each a file of its own; what was written before is loaded with them."""

    def load_topic(*entries: dict[str, object], langs: str = "en, zh") -> LoadResult:
        deck = write("t/deck.yaml", DECK % langs)
        for data in entries:
            write(f"t/{data['id']}.yaml", json.dumps(data, ensure_ascii=False, indent=1))
        return load([deck.parent.parent])

    return load_topic
