"""What the reader has read already, kept in the cache: `check` and the tests read the same texts again and again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property

from llmquiz import paths

LARGEST = 8_000_000
"""Bytes of the file; then it begins anew."""
Row = Sequence[float]


def file_name(version: str) -> str:
    """The file in the cache of what a network has read."""
    return f"reader-{version[:12]}.jsonl"


class Memory:
    """Rows of numbers by a hash of the texts that they belong to; another network has another file."""

    def __init__(self, version: str) -> None:
        self._file = paths.cache() / file_name(version)

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = {}
        with suppress(OSError):
            for line in self._file.read_text(encoding="utf-8").splitlines():
                # A line that another process was writing is read next time.
                with suppress(ValueError):
                    key, listed = json.loads(line)
                    rows[key] = listed
        return rows

    @staticmethod
    def key(*texts: str) -> str:
        """A hash of these texts; no text can be had from it."""
        return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:32]

    def get(self, key: str) -> list[Row] | None:
        """The rows of a key, where they are known."""
        return self._rows.get(key)

    def put(self, key: str, rows: list[Row]) -> None:
        """Keeps the rows of a key; where nothing can be written they are kept for as long as this process runs."""
        self._rows[key] = rows
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            mode = "w" if self._file.exists() and self._file.stat().st_size > LARGEST else "a"
            with self._file.open(mode, encoding="utf-8") as file:
                file.write(json.dumps([key, rows]) + "\n")
