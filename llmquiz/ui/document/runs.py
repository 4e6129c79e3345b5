"""Text in one style after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["", "strong", "dim", "good", "warn", "bad", "moot", "unknown", "added", "moved", "dropped", "code"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; `code` is a command or an id."""

    text: str
    style: Style = ""


Runs = tuple[Run, ...]


def plain(*texts: str) -> Runs:
    """Texts as unstyled runs."""
    return tuple(Run(text) for text in texts)
