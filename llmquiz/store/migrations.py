"""How a file comes to have the schema of this version.

All migrations that are due run in one transaction together with the record that they ran (`pragma user_version`), so
that no interruption leaves half a schema; a dated copy is made first. A file that is newer, damaged or not ours is
refused and never written to.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from time import monotonic, sleep

from llmquiz.errors import StoreError
from llmquiz.store import sqlite_errors
from llmquiz.store.sqlite_errors import explained
from llmquiz.store.tables import APPLICATION_ID, MIGRATIONS


def prepare(connection: sqlite3.Connection, path: Path, now: datetime, reading: bool) -> None:
    """Bring an open file to the schema of this version; `reading`: it is a copy in memory, of which no copy is made."""
    # SQLite leaves it off, for each connection anew.
    connection.execute("pragma foreign_keys = on")
    # With a write-ahead log anything less may lose the last answers when the power fails.
    connection.execute("pragma synchronous = full")
    # Before anything is written: a file that is not ours keeps even its journal mode.
    pending = _version(connection, path) < len(MIGRATIONS)
    if not reading:
        _write_ahead(connection)
    if pending:
        _migrate(connection, path, None if reading else now)
    # Whoever cannot write should hear it now, not after typing an answer; `begin immediate` alone does not say it.
    with transaction(connection):
        connection.execute("delete from draft where false")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; for this one change SQLite does not wait for others by itself."""
    deadline = monotonic() + sqlite_errors.BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            # The low byte: SQLite's extended codes hold the plain one there.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
        sleep(0.01)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    # One statement, so that another process that is making the database is seen before or after, not between.
    version, owner, tables = connection.execute(
        "select user_version, application_id, exists (select 1 from sqlite_schema)"
        " from pragma_user_version, pragma_application_id"
    ).fetchone()
    if owner != APPLICATION_ID and (version or owner or tables):
        raise StoreError("store.foreign", path=path)
    if version > len(MIGRATIONS):
        raise StoreError("store.newer", path=path, version=version, migrations=len(MIGRATIONS))
    return int(version)


def _migrate(connection: sqlite3.Connection, path: Path, now: datetime | None) -> None:
    """Bring the schema up to date, after a copy dated `now`; None where it is a copy already."""
    with transaction(connection):
        version = _version(connection, path)  # again, now that nobody else can migrate
        if version and now:
            to = _free(path.parent / "backups" / f"{path.stem}-{now:%Y-%m-%d}-version-{version}.db")
            with closing(sqlite3.connect(path)) as source:  # this connection holds the lock, and could not be copied
                copy(source, path, to)
        for statement in (line for step in MIGRATIONS[version:] for line in step):
            connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {len(MIGRATIONS)}")


def _free(path: Path) -> Path:
    names = chain([path], (path.with_stem(f"{path.stem}-{number}") for number in count(2)))
    return next(name for name in names if not name.exists())


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; the lock is taken first."""
    try:
        connection.execute("begin immediate")
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back by itself
            connection.execute("rollback")
        raise


def copy(source: sqlite3.Connection, path: Path, to: Path) -> Path:
    """Copy the database at `path`, open as `source`, to `to`, which must not exist yet."""
    # Under another name until it is whole, so that no half of one passes for a backup.
    part = to.with_name(f"{to.name}.part-{os.getpid()}")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        if to.exists():
            raise StoreError("backup.exists", to=to)
        try:
            with explained(path, written=to), closing(sqlite3.connect(part)) as target:
                source.backup(target)
            part.rename(to)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError("backup.unwritable", to=to, strerror=error.strerror) from error
    return to
