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
    as_said: bool = False
    """Words of somebody, in which an asterisk is an asterisk; all else may be content's Markdown."""


Runs = tuple[Run, ...]


def spoken_words(text: str) -> Runs:
    """Words as somebody said them."""
    return (Run(text, as_said=True),)


def plain(*texts: str) -> Runs:
    """Texts as unstyled runs."""
    return tuple(Run(text) for text in texts)
