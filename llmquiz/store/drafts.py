"""Unfinished answers: the newest counts, and nothing is computed from them."""

from __future__ import annotations

from llmquiz.store.connection import Database
from llmquiz.store.values import storable


class Drafts(Database):
    """What was typed and not sent."""

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
