"""The schema of the review database, and how a file comes to have it.

`MIGRATIONS[n]` takes a database from version n to n + 1. All that are due run in one transaction together with the
record that they ran (`pragma user_version`), so that no interruption leaves half a schema; a dated copy is made first.
A file that is newer, damaged or not ours is refused and never written to. Where nothing can be written, a copy in
memory serves those who only read.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

from llmquiz.errors import StoreError, Unwritable
from llmquiz.store import sqlite_errors
from llmquiz.store.interview_tables import TABLES as _INTERVIEWS
from llmquiz.store.snapshot import snapshot
from llmquiz.store.sqlite_errors import ELSEWHERE, ELSEWHERE_ZH, damage, explained

APPLICATION_ID = 0x6C6C6D71  # "llmq", so that another program's database is told from ours

_FIRST = (
    """create table answer (
        id integer primary key,
        at integer not null, -- microseconds since 1970 in UTC, as every time here
        sitting text not null, question text not null, lang text not null,
        source text not null check (source in ('drill', 'mock')),
        text text not null,
        hash text not null, -- of what was asked
        seconds real not null, hints integer not null, grader text not null
    ) strict""",
    # One line of the log. A line without a state voids the line it names and puts nothing in its place: an undo.
    # Lines are never removed, so `id` is also the number of the line in `llmquiz export`.
    """create table review (
        id integer primary key,
        answer integer not null references answer (id), at integer not null, item text not null,
        state text check (state in ('met', 'partly', 'missing', 'contradicted', 'undecided')),
        rating text check (rating in ('again', 'hard', 'good', 'easy')),
        score real,
        overruled integer not null default 0 check (overruled in (0, 1)),
        voids integer references review (id),
        check (state is not null or rating is null)
    ) strict""",
    "create index answer_of_question on answer (question)",
    "create index answer_of_sitting on answer (sitting)",
    "create index review_of_answer on review (answer)",
    "create index review_of_item on review (item, answer, rating)",
    "create unique index review_voided on review (voids) where voids is not null",  # a line is voided once
    *(
        f"create trigger {table}_{verb} before {verb} on {table} "
        "begin select raise(abort, 'the log is append-only'); end"
        for table in ("answer", "review")
        for verb in ("update", "delete")
    ),
    "create index review_undoes on review (answer) where state is null",
    # Here times are ISO text, all of one length: a start reads them all, and Python reads text four times as fast.
    """create table memory (
        item text primary key,
        due text not null, stability real not null, difficulty real not null,
        last_review text not null, reviews integer not null, lapses integer not null
    ) strict, without rowid""",
    "create table renamed (old text primary key, new text not null) strict, without rowid",
    "create table draft (question text primary key, text text not null) strict, without rowid",
    "create table flag (question text primary key, at integer not null, note text not null) strict, without rowid",
    "create table measurement (id integer primary key, demo text not null, at integer not null, claims text not null)"
    " strict",
    "create index measurement_of_demo on measurement (demo)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _INTERVIEWS)


class Database:
    """An open database at `path`; whatever SQLite reports becomes a StoreError that says what to do."""

    def __init__(self, path: Path, now: datetime, *, reading: bool = False) -> None:
        """Open the file, made or migrated where needed (after a copy dated `now`).

        `reading`: open a copy of it in memory instead, empty where there is no file; writing then ends with `sealed`.
        """
        if sqlite3.sqlite_version_info < (3, 37):
            raise StoreError(
                f"SQLite {sqlite3.sqlite_version} is too old; use a Python with SQLite 3.37 or newer.",
                f"SQLite {sqlite3.sqlite_version} 太旧；请换用带 SQLite 3.37 或更新版本的 Python。",
            )
        self.path = path
        self.present = now
        """When it was opened, or the latest moment of what was recorded since."""
        if not reading:
            _writable(path)
        with explained(path):
            self._connection = _copied(path) if reading else _connected(path)
            try:
                _prepare(self._connection, path, now, reading)
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

    def backup(self, to: Path) -> Path:
        """Write a copy to `to`, which must not exist yet; others may go on writing meanwhile."""
        return _copy(self._connection, self.path, to)

    def _rows(self, sql: str, *values: object, **named: object) -> list[Any]:
        with explained(self.path):
            return self._connection.execute(sql, named or values).fetchall()

    def _each(self, sql: str) -> Iterator[Any]:
        with explained(self.path):
            yield from self._connection.execute(sql)

    def _write(self, sql: str, *values: object) -> int:
        """Execute one statement inside `_writing`; return the number of the row that it inserted."""
        return self._connection.execute(sql, values).lastrowid or 0

    def _damaged(self, found: str) -> StoreError:
        """The error for what a check has `found`."""
        return StoreError(*damage(self.path, found))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All of it or nothing; the lock is taken first, so that what is read inside stays true until the commit."""
        with explained(self.path), _transaction(self._connection):
            yield


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        connection.execute("begin immediate")
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back by itself
            connection.execute("rollback")
        raise


def _copy(source: sqlite3.Connection, path: Path, to: Path) -> Path:
    part = to.with_name(f"{to.name}.part-{os.getpid()}")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        if to.exists():
            raise StoreError(
                f"{to} exists already and is left as it is; name another file.",
                f"{to} 已经存在，没有改动；请换一个文件名。",
            )
        try:
            with explained(path, written=to), closing(sqlite3.connect(part)) as target:
                source.backup(target)
            part.rename(to)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"The copy {to} cannot be written ({error.strerror}); name another file.",
            f"无法写入副本 {to}（{error.strerror}）；请换一个文件名。",
        ) from error
    return to


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=sqlite_errors.BUSY_SECONDS, isolation_level=None)


def _copied(path: Path) -> sqlite3.Connection:
    try:
        return snapshot(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read ({error.strerror}); allow reading it. {ELSEWHERE}",
            f"{path} 无法读取（{error.strerror}）；请允许读取它。{ELSEWHERE_ZH}",
        ) from error


def _writable(path: Path) -> None:
    """Make the folder of the file.

    Raises: Unwritable where that fails or the file is read-only.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(
            f"The folder {path.parent} cannot be made ({error.strerror}); allow writing to the folder above it. "
            f"{ELSEWHERE}",
            f"无法创建文件夹 {path.parent}（{error.strerror}）；请允许写入它的上级文件夹。{ELSEWHERE_ZH}",
        ) from error
    effective = os.access in os.supports_effective_ids
    if os.path.exists(path) and not os.access(path, os.W_OK, effective_ids=effective):
        # SQLite would open it for reading, and leave files beside it that stay read-only
        raise Unwritable(
            f"{path} is read-only; allow writing to it and to its folder. {ELSEWHERE}",
            f"{path} 是只读的；请允许写入它和它所在的文件夹。{ELSEWHERE_ZH}",
        )


def _prepare(connection: sqlite3.Connection, path: Path, now: datetime, reading: bool) -> None:
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma synchronous = full")
    pending = _version(connection, path) < len(MIGRATIONS)
    if not reading:
        _write_ahead(connection)
    if pending:
        _migrate(connection, path, None if reading else now)
    # Whoever cannot write should hear it now, not after typing an answer; `begin immediate` alone does not say it.
    with _transaction(connection):
        connection.execute("delete from draft where false")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; for this one change SQLite does not wait for others by itself."""
    deadline = monotonic() + sqlite_errors.BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
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
        raise StoreError(
            f"{path} is another program's database and was left as it is; move it away. {ELSEWHERE}",
            f"{path} 是别的程序的数据库，没有改动；请把它移走。{ELSEWHERE_ZH}",
        )
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path} was written by a newer llmquiz (database version {version}, this one knows {len(MIGRATIONS)}); "
            "it was left as it is. Update with `pip install -U llmquiz`.",
            f"{path} 是更新版本的 llmquiz 写的（数据库版本 {version}，这里只认得 {len(MIGRATIONS)}），没有改动。"
            "请用 `pip install -U llmquiz` 升级。",
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, path: Path, now: datetime | None) -> None:
    """Bring the schema up to date, after a copy dated `now`; None where it is a copy already."""
    with _transaction(connection):
        version = _version(connection, path)  # again, now that nobody else can migrate
        if version and now:
            to = _free(path.parent / "backups" / f"{path.stem}-{now:%Y-%m-%d}-version-{version}.db")
            with closing(sqlite3.connect(path)) as source:  # this connection holds the lock, and could not be copied
                _copy(source, path, to)
        for statement in (line for step in MIGRATIONS[version:] for line in step):
            connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {len(MIGRATIONS)}")


def _free(path: Path) -> Path:
    names = chain([path], (path.with_stem(f"{path.stem}-{number}") for number in count(2)))
    return next(name for name in names if not name.exists())
