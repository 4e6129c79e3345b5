"""What is wrong in a content file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a content file, and what to do about it."""

    path: str
    line: int
    field: str
    level: str
    message: str
    """In English."""
    zh: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fault as `check --json` prints it."""
        keys = ("path", "line", "field", "level", "message")
        return {key: getattr(self, key) for key in keys}

    def text(self, lang: str) -> str:
        """The message in the author's language."""
        return self.zh if lang == "zh" and self.zh else self.message
