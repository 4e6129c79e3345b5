"""The use cases without a command line: a small topic, a clock that stands, a database of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmquiz.app.context import AppContext
from tests.commands.conftest import NOW
from tests.commands.conftest import topic as topic


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppContext]:
    """English, with the shipped content."""
    monkeypatch.setenv("LLMQUIZ_NOW", NOW)
    opened = AppContext("en")
    yield opened
    opened.store.close()
    opened.collection.close()


@pytest.fixture
def context(topic: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppContext]:
    """English, the small topic and nothing else."""
    monkeypatch.setenv("LLMQUIZ_NOW", NOW)
    monkeypatch.setenv("COLUMNS", "80")
    opened = AppContext("en", topic)
    yield opened
    opened.store.close()
    opened.collection.close()
