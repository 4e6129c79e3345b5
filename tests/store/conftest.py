"""A database of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmquiz.store.store import Store
from tests.store.records import NOW, words


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store.open(tmp_path / "llmquiz.db", now=NOW) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one answer, closed."""
    file = tmp_path / "home" / "llmquiz.db"
    with Store.open(file, now=NOW) as opened:
        words(opened)
    return file
