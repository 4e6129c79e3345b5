"""A review database read where nothing can be written: a mounted backup, a snapshot, a home of somebody else's."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def snapshot(path: Path) -> sqlite3.Connection:
    """A copy in memory of the database at `path`, taken without leaving anything beside it; empty where none is there.

    Raises: sqlite3.Error, OSError where it cannot be read.
    """
    memory = sqlite3.connect(":memory:", isolation_level=None)
    log = path.with_name(f"{path.name}-wal")
    if not os.path.exists(log):  # the file is all there is: SQLite need not look for what others are writing
        _copied(f"{path.absolute().as_uri()}?immutable=1", path, memory)
        return memory
    import shutil
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="llmquiz-") as folder:  # a log is read through files that SQLite makes beside it
        for part in (path, log):
            shutil.copy(part, folder)
        _copied((Path(folder) / path.name).as_uri(), path, memory)
    return memory


def _copied(uri: str, path: Path, memory: sqlite3.Connection) -> None:
    if os.path.exists(path):
        with closing(sqlite3.connect(uri, uri=True)) as source:
            source.backup(memory)
