"""What SQLite reports, in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmquiz.errors import StoreError, Unwritable

BUSY_SECONDS = 10.0
"""So long another program's lock is waited for."""


@contextmanager
def explained(path: Path, written: Path | None = None) -> Iterator[None]:
    """Turn what SQLite reports of `path`, or of `written` where that is another file, into a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        advice = _advice(path, written or path, error)
        if advice is None:
            raise
        raise advice from error


def _advice(path: Path, written: Path, error: sqlite3.Error) -> StoreError | None:
    """What to do about `error` at reading `path` or writing `written`; None for a fault of ours."""
    # The low byte: SQLite's extended codes hold the plain one there.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            name = "store.disk-full" if written == path else "backup.disk-full"
            return Unwritable(name, written=written, error=error)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return Unwritable("store.unwritable", written=written, error=error)
        # PROTOCOL is a lock too: a race for the write-ahead log that was lost again and again.
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return StoreError("store.locked", path=path, busy_seconds=BUSY_SECONDS)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damage(path, str(error))
        case _:
            return None


def damage(path: Path, what: str) -> StoreError:
    """The error for a file of which SQLite, or a check, says `what`."""
    return StoreError("store.damaged", path=path, what=what, copies=path.parent / "backups")
