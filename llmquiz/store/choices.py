"""What the learner chose and wants to find again: topics, level, the day of the interview."""

from __future__ import annotations

from llmquiz.store.connection import Database


class Choices(Database):
    """A text by its name; the newest counts."""

    def choice(self, name: str) -> str | None:
        """What was chosen; None where nothing was."""
        rows = self._rows("select value from choice where name = ?", name)
        return str(rows[0][0]) if rows else None

    def choose(self, name: str, value: str | None) -> None:
        """Keep a choice in the place of an earlier one; None takes it back."""
        with self._writing():
            if value is None:
                self._write("delete from choice where name = ?", name)
            else:
                self._write("insert or replace into choice values (?, ?)", name, value)
