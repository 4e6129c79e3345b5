"""What the database keeps beside the log: unfinished answers, notes for authors, measurements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llmquiz.store.connection import Database
from llmquiz.store.values import micros, moment, storable


@dataclass(frozen=True, slots=True)
class Flag:
    """A note of the learner for a question's author."""

    question: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a demo found on this machine: its claims as `demo --json` prints them."""

    demo: str
    at: datetime
    claims: list[dict[str, Any]]


class DraftsAndFlags(Database):
    """Drafts, flags and measurements: the newest counts, and nothing is computed from them."""

    def draft(self, question: str) -> str | None:
        """The unfinished answer to `question`, as it was when the terminal closed."""
        rows = self._rows("select text from draft where question = ?", question)
        return str(rows[0][0]) if rows else None

    def save_draft(self, question: str, text: str) -> None:
        """Keep an unfinished answer in the place of an earlier one; recording the answer, or an empty one, drops it."""
        with self._writing():
            if text.strip():
                self._write("insert or replace into draft values (?, ?)", question, storable(text))
            else:
                self._write("delete from draft where question = ?", question)

    def flag(self, question: str, note: str, *, at: datetime) -> None:
        """Keep a note for the author of `question`, in the place of an earlier one."""
        with self._writing():
            self._write("insert or replace into flag values (?, ?, ?)", question, micros(at), storable(note))

    def flags(self) -> tuple[Flag, ...]:
        """All notes, oldest first."""
        rows = self._rows("select question, at, note from flag order by at, question")
        return tuple(Flag(question, moment(at), note) for question, at, note in rows)

    def unflag(self, question: str) -> None:
        """Drop the note on `question`."""
        with self._writing():
            self._write("delete from flag where question = ?", question)

    def save_measurement(self, demo: str, at: datetime, claims: Sequence[Mapping[str, Any]]) -> None:
        """Keep what `demo` found on this machine."""
        text = json.dumps(claims)
        with self._writing():
            self._write("insert into measurement (demo, at, claims) values (?, ?, ?)", demo, micros(at), text)

    def last_measurement(self, demo: str) -> Measurement | None:
        """What `demo` found when it was last run here."""
        rows = self._rows("select at, claims from measurement where demo = ? order by id desc limit 1", demo)
        return Measurement(demo, moment(rows[0][0]), json.loads(rows[0][1])) if rows else None
