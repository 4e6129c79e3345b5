"""What can go wrong that the user can mend.

LlmquizError            printed as one line, exit code 1
├── ContentError        content that cannot be used at all
├── UnknownId           an id that no content has, with the nearest ones
├── StoreError          the review database: newer, damaged, locked
│   └── Unwritable      it can be read, or there is none yet, but nothing can be kept: read-only, full, no folder
├── GraderError         an optional grader that cannot be used here
└── DemoError           a demo that cannot run here, or whose input does not fit
"""

from __future__ import annotations

from collections.abc import Iterable

from llmquiz.messages.errors import wording


class LlmquizError(Exception):
    """Something that the user can mend; the wording, by its code, is in messages/errors.py and says how."""

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str) -> str:
        """The message in the user's language."""
        return wording(self.code, lang, self.values)


class ContentError(LlmquizError):
    """Content that cannot be used."""


class UnknownId(LlmquizError):
    """An id, topic or name that does not exist."""

    def __init__(self, name: str, known: Iterable[str], see: str = "llmquiz list") -> None:
        from difflib import get_close_matches  # with this module loaded at every start, and an unknown id so rare

        near = get_close_matches(name, list(known), n=3, cutoff=0.5)
        super().__init__("id.unknown-near" if near else "id.unknown", name=name, near=near, see=see)


class StoreError(LlmquizError):
    """A review database that cannot be used as it is; it is never overwritten."""


class Unwritable(StoreError):
    """Nothing can be written where the review database belongs; what only reads may go on without it."""


class GraderError(LlmquizError):
    """A grader that cannot be used here."""


class DemoError(LlmquizError):
    """A demo that cannot run here."""
