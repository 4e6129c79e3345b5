"""Opening a database, and copies of it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from llmquiz.errors import StoreError
from llmquiz.store import sqlite_errors
from llmquiz.store.store import Store
from tests.limits import files_no_larger_than, linux
from tests.store.records import NOW, answers, words


def test_a_new_database_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "llmquiz.db"
    with Store.open(path, now=NOW) as store:
        pragma = {name: store._rows(f"pragma {name}")[0][0] for name in ("journal_mode", "foreign_keys", "synchronous")}
        assert pragma == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
        tables = "select name from pragma_table_list where schema = 'main' and name not like 'sqlite_%'"
        assert store._rows(f"{tables} and not strict") == []
        assert len(store._rows(tables)) == 10
    assert [file.name for file in path.parent.iterdir()] == ["llmquiz.db"]


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "llmquiz.db").touch()
    assert answers(tmp_path / "llmquiz.db") == []


def test_a_copy_that_lost_its_write_ahead_log_setting_gets_it_back(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = delete")
    with Store.open(path, now=NOW) as store:
        assert store._rows("pragma journal_mode") == [("wal",)]


def test_turning_the_write_ahead_log_on_waits_for_a_reader(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself reports a lock at once for this one change: two first starts at the same moment would fail."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as reader:
        reader.execute("pragma journal_mode = delete")
        reader.execute("begin")
        reader.execute("select * from answer").fetchall()
        monkeypatch.setattr(sqlite_errors, "BUSY_SECONDS", 0.1)
        with pytest.raises(StoreError, match=r"has been locked by another program for 0\.1 seconds"):
            Store.open(path, now=NOW)
        monkeypatch.undo()
        leaves = threading.Timer(0.1, reader.execute, ["commit"])
        leaves.start()
        Store.open(path, now=NOW).close()
        leaves.join()


def test_its_size_counts_what_is_not_merged_into_the_file_yet(tmp_path: Path) -> None:
    path = tmp_path / "llmquiz.db"
    with Store.open(path, now=NOW) as store:
        size = store.size()
        assert path.stat().st_size < size
    assert path.stat().st_size == size


# Copies


def test_a_copy_holds_everything_while_others_write(path: Path, tmp_path: Path) -> None:
    with Store.open(path, now=NOW) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        words(store, "still in the write-ahead log")
        other.execute("begin immediate")
        other.execute("insert into draft values ('t/q', 'not committed')")
        to = tmp_path / "elsewhere" / "copy.db"
        assert store.backup(to) == to
        other.execute("rollback")
    assert answers(to) == ["words", "still in the write-ahead log"]
    assert [file.name for file in to.parent.iterdir()] == ["copy.db"]


def test_a_copy_never_takes_the_place_of_a_file(path: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy.db"
    to.write_text("precious")
    with (
        Store.open(path, now=NOW) as store,
        pytest.raises(StoreError, match=r"exists already and is left as it is"),
    ):
        store.backup(to)
    assert to.read_text() == "precious"


@linux
def test_a_copy_that_fails_leaves_nothing_and_names_the_copy(path: Path, tmp_path: Path) -> None:
    to = tmp_path / "copies" / "copy.db"
    with Store.open(path, now=NOW) as store:
        words(store, "x" * 300_000)
        refusal = pytest.raises(StoreError, match=r"copy\.db could not be written \(.*\): the disk is full")
        with files_no_larger_than(200_000), refusal:
            store.backup(to)
    assert list(to.parent.iterdir()) == []


def test_an_up_to_date_database_opens_without_reading_it(path: Path) -> None:
    """Opening runs no check of the whole file: the same number of pages is read however long the log is."""
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*args: object, **kwargs: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **kwargs)  # type: ignore[call-overload]
        connection.set_trace_callback(statements.append)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", traced)
        Store.open(path, now=NOW).close()
    assert [line.split()[0:2] for line in statements if not line.startswith("--")] == [
        ["pragma", "foreign_keys"],
        ["pragma", "synchronous"],
        ["select", "user_version,"],
        ["pragma", "journal_mode"],
        ["begin", "immediate"],
        ["delete", "from"],
        ["commit"],
    ]
