"""Notes of the learner for the authors of questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from llmquiz.store.connection import Database
from llmquiz.store.values import micros, moment, storable


@dataclass(frozen=True, slots=True)
class Flag:
    """A note of the learner for a question's author."""

    question: str
    at: datetime
    note: str


class Flags(Database):
    """One note a question, the newest."""

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
