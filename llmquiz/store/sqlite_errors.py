"""What SQLite reports, in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmquiz.errors import StoreError, Unwritable

BUSY_SECONDS = 10.0
"""So long another program's lock is waited for."""
ELSEWHERE = "Or set LLMQUIZ_HOME to another folder (your data does not move with it)."
ELSEWHERE_ZH = "也可以把 LLMQUIZ_HOME 设为别的文件夹（原有数据不会随之搬过去）。"


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
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            elsewhere, zh = (
                (ELSEWHERE, ELSEWHERE_ZH) if written == path else ("Or name another file.", "也可以换一个文件。")
            )
            return Unwritable(
                f"{written} could not be written ({error}): the disk is full or failing. "
                f"Free some space and try again; what was saved before is kept. {elsewhere}",
                f"{written} 写入失败（{error}）：磁盘已满或有故障。请腾出空间再试；此前保存的内容都在。{zh}",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return Unwritable(
                f"{written} cannot be written ({error}); allow writing to it and to its folder. {ELSEWHERE}",
                f"{written} 无法写入（{error}）；请允许写入它和它所在的文件夹。{ELSEWHERE_ZH}",
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return StoreError(
                f"{path} has been locked by another program for {BUSY_SECONDS:g} seconds; close it and try again.",
                f"{path} 被别的程序锁住已有 {BUSY_SECONDS:g} 秒；请关掉那个程序再试。",
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreError(*damage(path, str(error)))
        case _:
            return None


def damage(path: Path, what: str) -> tuple[str, str]:
    """What to say, in both languages, of a file in which this was `found`."""
    copies = path.parent / "backups"
    return (
        f"{path} is damaged or is not a database ({what}); it was left as it is. Move it away and put a copy from "
        f"{copies} in its place, or save what is readable with `sqlite3 {path} .recover`.",
        f"{path} 已损坏或不是数据库（{what}），没有改动。请把它移开，换上 {copies} 里的副本，"
        f"或用 `sqlite3 {path} .recover` 救出还能读的内容。",
    )
