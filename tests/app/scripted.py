"""Somebody who answers by a script, in the place of a keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from llmquiz.ui.keyboard.ask import Keep, Pressed, Typed, forget
from llmquiz.ui.keyboard.watch import Watch

Line = str | Pressed | Callable[[Keep], None]
"""A text to send, a key that ends the editor, or something to do while an answer is being typed."""


class Scripted:
    """An asker that reads from lists; at their end the learner leaves."""

    restored = "ask.draft"

    def __init__(self, *lines: Line, keys: Iterable[str] = (), notes: Iterable[str] = (), interactive: bool = True):
        self.interactive = interactive
        self.lines, self.keys, self.notes = list(lines), list(keys), list(notes)
        self.drafts: list[str] = []
        """What stood in the editor each time it was opened."""
        self.labels: list[str] = []
        """The lines of keys that were shown."""

    def answer(
        self, kind: str, draft: str = "", keep: Keep = forget, watch: Watch | None = None, about: str = ""
    ) -> Typed | Pressed:
        self.drafts.append(draft)
        while self.lines:
            line = self.lines.pop(0)
            if isinstance(line, Pressed):
                return line
            if isinstance(line, str):
                return Typed(line)
            line(keep)
        return Pressed("quit")

    def line(self, label: str) -> str:
        return self.notes.pop(0)

    def key(self, keys: str, allowed: str, numbers: bool = False) -> str:
        self.labels.append(keys)
        return self.keys.pop(0) if self.keys else "\n"
