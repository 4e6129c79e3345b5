"""What a test puts into the home of llmquiz, and what it finds there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from llmquiz import paths


def settings_say(text: str) -> None:
    """Let settings.yaml say this."""
    from llmquiz.app.settings import read_settings

    path = paths.settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    read_settings.cache_clear()


def stored(query: str) -> list[tuple[Any, ...]]:
    """What the review database answers."""
    with closing(sqlite3.connect(paths.database())) as database:
        return database.execute(query).fetchall()


def said() -> list[tuple[int, str, str]]:
    """What the database keeps of the turns of interviews."""
    return stored("select number, text, how from said order by interview, number")


def drafts() -> list[tuple[str, str]]:
    """The unfinished answers."""
    return stored("select question, text from draft")
