"""An open review database: rows read, transactions written, a copy made; what SQLite reports says what to do.

Where nothing can be written, a copy in memory serves those who only read.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from llmquiz.errors import StoreError, Unwritable
from llmquiz.store import sqlite_errors
from llmquiz.store.migrations import copy, prepare, transaction
from llmquiz.store.snapshot import snapshot
from llmquiz.store.sqlite_errors import damage, explained


class Database:
    """An open database at `path`; whatever SQLite reports becomes a StoreError that says what to do."""

    def __init__(self, path: Path, now: datetime, *, reading: bool = False) -> None:
        """Open the file, made or migrated where needed (after a copy dated `now`).

        `reading`: open a copy of it in memory instead, empty where there is no file; writing then ends with `sealed`.
        """
        if sqlite3.sqlite_version_info < (3, 37):  # `strict` tables
            raise StoreError("store.old-sqlite", sqlite_version=sqlite3.sqlite_version)
        self.path = path
        self.present = now
        """When it was opened, or the latest moment of what was recorded since."""
        if not reading:
            _writable(path)
        with explained(path):
            self._connection = _copied(path) if reading else _connected(path)
            try:
                prepare(self._connection, path, now, reading)
            except BaseException:
                self._connection.close()
                raise

    def sealed(self) -> Self:
        """The same, but nothing can be written to it any more."""
        with explained(self.path):
            self._connection.execute("pragma query_only = on")
        return self

    def close(self) -> None:
        """Let go of the file."""
        with explained(self.path):
            self._connection.close()

    def __del__(self) -> None:
        """Whoever forgets to close it: from 3.13 on Python warns of a connection that is left open."""
        with suppress(AttributeError, sqlite3.Error):  # it was never opened, or belongs to another thread
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def size(self) -> int:
        """Its bytes, with what SQLite still keeps in a file beside it."""
        ((size,),) = self._rows("select page_count * page_size from pragma_page_count, pragma_page_size")
        return int(size)

    def backup(self, to: Path) -> Path:
        """Write a copy to `to`, which must not exist yet; others may go on writing meanwhile."""
        return copy(self._connection, self.path, to)

    def _rows(self, sql: str, *values: object, **named: object) -> list[Any]:
        with explained(self.path):
            return self._connection.execute(sql, named or values).fetchall()

    def _each(self, sql: str) -> Iterator[Any]:
        with explained(self.path):
            yield from self._connection.execute(sql)

    def _write(self, sql: str, *values: object) -> int:
        """Execute one statement inside `_writing`; return the number of the row that it inserted."""
        return self._connection.execute(sql, values).lastrowid or 0

    def _damaged(self, faults: str) -> StoreError:
        """The error for what a check came upon."""
        return damage(self.path, faults)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All of it or nothing; the lock is taken first, so that what is read inside stays true until the commit."""
        with explained(self.path), transaction(self._connection):
            yield


def _connected(path: Path) -> sqlite3.Connection:
    # No isolation level: the module would begin transactions by itself, and without the lock of `transaction`.
    return sqlite3.connect(path, timeout=sqlite_errors.BUSY_SECONDS, isolation_level=None)


def _copied(path: Path) -> sqlite3.Connection:
    try:
        return snapshot(path)
    except OSError as error:
        raise StoreError("store.unreadable", path=path, strerror=error.strerror) from error


def _writable(path: Path) -> None:
    """Make the folder of the file.

    Raises: Unwritable where that fails or the file is read-only.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable("store.no-folder", parent=path.parent, strerror=error.strerror) from error
    # Windows knows no effective users.
    effective = os.access in os.supports_effective_ids
    if os.path.exists(path) and not os.access(path, os.W_OK, effective_ids=effective):
        # SQLite would open it for reading, and leave files beside it that stay read-only
        raise Unwritable("store.read-only", path=path)
