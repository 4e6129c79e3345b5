"""Folders of YAML -> the compiled cache -> a Collection.

Reading and validating happens once: the result goes into a SQLite file named after what it was made from (names, sizes
and times of the files, and of the modules that say what is in them), which can be deleted at any time. Where no file
can be written, the cache is made in memory, at every start.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from llmquiz.collection.collection import Collection
from llmquiz.collection.discover import content_files

if TYPE_CHECKING:
    from llmquiz.collection.loaded import LoadResult

FORMAT = 7
"""Of the compiled cache; raise it when its tables, the schema or what is read change."""
Progress = Callable[[int, int], None]
"""Told the bytes read and the bytes to read."""


def open_collection(roots: Sequence[Path], cache: Path, progress: Progress | None = None) -> Collection:
    """The collection of the topics under `roots` (the user's first), compiled when anything has changed."""
    files = list(content_files(roots))
    path = cache / f"content-{_key(files)}.db"
    ready = _opened(path)
    if ready is not None:
        return Collection(ready)
    from llmquiz.collection.load import load, without_collector  # 0.2 s that a warm start does not pay

    with without_collector():
        result = load(roots, progress)
        try:
            return Collection(compile_into(path, result))
        except (OSError, sqlite3.Error) as error:
            return Collection(_in_memory(result), str(getattr(error, "strerror", None) or error))


def _opened(path: Path) -> sqlite3.Connection | None:
    """The cache at `path`; None where there is none, or what is there is damaged and made again."""
    # sqlite3 would make an empty file.
    if not os.path.exists(path):
        return None
    try:
        db = sqlite3.connect(path, isolation_level=None)
    except sqlite3.Error:
        return None
    try:
        # connect() does not read the file: a damaged one is noticed at the first query.
        db.execute("select 1 from meta where key = 'glossary_compiled'").fetchone()
    except sqlite3.Error:
        db.close()
        return None
    return db


def compile_into(path: Path, result: LoadResult) -> sqlite3.Connection:
    """Write the compiled cache and move it into place whole, so that an interruption leaves nothing half made.

    Raises: OSError, sqlite3.Error where it cannot be written.
    """
    from llmquiz.collection.compile import write

    path.parent.mkdir(parents=True, exist_ok=True)
    # A name holds a hash of its making, so no old file would be opened again; one that is being read on Windows stays.
    for old in path.parent.glob("content-*.db"):
        with suppress(OSError):
            old.unlink()
    # The process is part of the name: two that start at once must not write into one file.
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part, isolation_level=None)) as db:
            write(db, result)
        try:
            part.replace(path)
        except PermissionError:
            if not path.exists():  # on Windows somebody else may have made the same file, and be reading it
                raise
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return sqlite3.connect(path, isolation_level=None)


def _in_memory(result: LoadResult) -> sqlite3.Connection:
    from llmquiz.collection.compile import write

    db = sqlite3.connect(":memory:", isolation_level=None)
    write(db, result)
    return db


def _key(files: Iterable[tuple[Path, os.stat_result]]) -> str:
    digest = hashlib.sha256(f"{FORMAT} {_schema_stamp()}".encode())
    for path, stat in files:
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:20]


def _schema_stamp() -> str:
    package = Path(__file__).parents[1]
    # The glossary holds tokens.
    reading = [package / "grading" / "text" / name for name in ("read.py", "phrases.txt", "glossary.py")]
    stats = [file.stat() for file in (*sorted((package / "schema").glob("*.py")), *reading)]
    return " ".join(f"{stat.st_size} {stat.st_mtime_ns}" for stat in stats)
