"""What can go wrong that the user can mend.

LlmquizError            printed as one line, exit code 1
├── ContentError        the YAML of a topic: every fault at once
├── UnknownId           an id that no content has, with the nearest ones
├── StoreError          the review database: newer, damaged, read-only, full
├── GraderError         an optional grader that cannot be used here
└── DemoError           a demo that cannot run here, or whose input does not fit
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class LlmquizError(Exception):
    """Something that the user can mend; the message says what and how."""


class ContentError(LlmquizError):
    """Content that cannot be used."""


class UnknownId(LlmquizError):
    """An id, topic or name that does not exist."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        near = get_close_matches(name, list(known), n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(near)}?" if near else " `llmquiz list` shows every id."
        super().__init__(f"No {what} {name!r}.{hint}")


class StoreError(LlmquizError):
    """A review database that cannot be used as it is; it is never overwritten."""


class GraderError(LlmquizError):
    """A grader that cannot be used here."""


class DemoError(LlmquizError):
    """A demo that cannot run here."""
