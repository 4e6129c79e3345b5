"""The file under the log: made, migrated, copied; refused, in clear words and untouched, where it cannot be used."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmquiz.errors import StoreError, Unwritable
from llmquiz.schedule.due_dates import Rating, review
from llmquiz.store import migrations, sqlite_errors
from llmquiz.store.store import Reviewed, Store
from tests.limits import files_no_larger_than, linux, nobody, on_a_disk_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def record(store: Store, answer: str = "words", item: str = "t/q.a") -> int:
    reviews = [Reviewed(item, "met", Rating.good, 1.0)]
    return store.record(
        at=NOW, sitting="s", question="t/q", lang="en", source="drill", answer=answer, hash="h", reviews=reviews
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one answer, closed."""
    file = tmp_path / "home" / "llmquiz.db"
    with Store.open(file, now=NOW) as store:
        record(store)
    return file


def answers(path: Path) -> list[str]:
    with Store.open(path, now=NOW) as store:
        assert store.check() == []
        return [answer.text for answer in store.answers()]


def test_a_new_database_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "llmquiz.db"
    with Store.open(path, now=NOW) as store:
        pragma = {name: store._rows(f"pragma {name}")[0][0] for name in ("journal_mode", "foreign_keys", "synchronous")}
        assert pragma == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
        tables = "select name from pragma_table_list where schema = 'main' and name not like 'sqlite_%'"
        assert store._rows(f"{tables} and not strict") == []
        assert len(store._rows(tables)) == 9
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


# Migrations


def test_a_migration_runs_once_after_a_dated_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, ("create table extra (a) ", "select 1")))
    for _ in range(2):
        with Store.open(path, now=NOW) as store:
            assert store._rows("pragma user_version") == [(3,)]
            assert store._rows("select count(*) from extra") == [(0,)]
    copy = path.parent / "backups" / "llmquiz-2026-11-23-version-2.db"
    assert list(copy.parent.iterdir()) == [copy]
    monkeypatch.undo()
    assert answers(copy) == ["words"]


def test_the_copy_before_a_migration_never_takes_the_place_of_another(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = path.parent / "backups" / "llmquiz-2026-11-23-version-2.db"
    old.parent.mkdir()
    old.write_text("precious")
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, ("select 1",)))
    Store.open(path, now=NOW).close()
    assert old.read_text() == "precious"
    assert {file.name for file in old.parent.iterdir()} == {old.name, "llmquiz-2026-11-23-version-2-2.db"}


def test_a_migration_that_fails_in_the_middle_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (("create table extra (a)",), ("create table more (a)", "insert into nowhere values (1)"))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, *steps))
    with pytest.raises(sqlite3.OperationalError, check=lambda error: "nowhere" in str(error)):
        Store.open(path, now=NOW)
    monkeypatch.undo()
    with Store.open(path, now=NOW) as store:
        assert store._rows("pragma user_version") == [(2,)]
        assert store._rows("select name from sqlite_schema where name in ('extra', 'more')") == []
    assert answers(path) == ["words"]


def test_a_first_start_that_fails_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "llmquiz.db"
    monkeypatch.setattr(migrations, "MIGRATIONS", ((*migrations.MIGRATIONS[0], "insert into nowhere values (1)"),))
    with pytest.raises(sqlite3.OperationalError, check=lambda error: "nowhere" in str(error)):
        Store.open(path, now=NOW)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from sqlite_schema").fetchall() == [(0,)]
    monkeypatch.undo()
    assert answers(path) == []


def test_without_a_copy_there_is_no_migration(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path.parent / "backups").write_text("a file where the folder should be")
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, ("create table extra (a)",)))
    with pytest.raises(StoreError, match=r"^The copy .*version-2\.db cannot be written \(.*\); name another file\.$"):
        Store.open(path, now=NOW)
    monkeypatch.undo()
    assert answers(path) == ["words"]


# Refused


def test_a_newer_database_is_refused_and_not_touched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 7")
        connection.execute("pragma journal_mode = delete")
    before = path.read_bytes()
    with pytest.raises(
        StoreError,
        match=r"was written by a newer llmquiz \(database version 7, this one knows 2\); it was left as it is\. Update",
    ):
        Store.open(path, now=NOW)
    assert (path.read_bytes(), [file.name for file in path.parent.iterdir()]) == (before, ["llmquiz.db"])


def test_another_programs_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "llmquiz.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table bookmarks (a)")
    before = path.read_bytes()
    with pytest.raises(
        StoreError, match=r"llmquiz\.db is another program's database and was left as it is; move it away\. Or"
    ):
        Store.open(path, now=NOW)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all, only some words" * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_what_is_no_database_is_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "llmquiz.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"is damaged or is not a database \(.*\); it was left as it is\. Move it"):
        Store.open(path, now=NOW)
    assert path.read_bytes() == content


def test_a_truncated_database_is_refused_and_not_touched(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged or is not a database \(.*\)"):
        Store.open(path, now=NOW)
    assert path.read_bytes() == before


def test_damage_inside_is_found_by_the_check_and_told_by_whatever_meets_it(path: Path) -> None:
    with Store.open(path, now=NOW) as store:
        pages = dict(store._rows("select name, rootpage from sqlite_schema where rootpage > 0"))
    content = bytearray(path.read_bytes())
    for table in ("answer", "memory"):
        start = (pages[table] - 1) * 4096
        content[start : start + 4096] = b"\x5a" * 4096
    path.write_bytes(content)
    with Store.open(path, now=NOW) as store:
        (fault,) = store.check()
        assert "is damaged or is not a database (" in fault
        assert "已损坏或不是数据库（" in store.check("zh")[0]
        with pytest.raises(StoreError, match=r"is damaged or is not a database"):
            store.answers()
        with pytest.raises(StoreError, match=r"is damaged or is not a database"):
            store.memories()


UNWRITABLE = r" (cannot be made|cannot be written|is read-only).*; allow .*\. Or set LLMQUIZ_HOME to another folder"


def test_a_review_without_its_answer_is_found_by_the_check(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("insert into review (answer, at, item) values (99, 0, 't/q.a')")
    with Store.open(path, now=NOW) as store:
        (fault,) = store.check()
    assert "llmquiz.db is damaged or is not a database (review row 2 points at no answer); it was left" in fault


@pytest.mark.parametrize("blocked", ["home", "home/llmquiz.db"])
def test_a_file_in_the_place_of_a_folder_and_the_reverse_are_told(tmp_path: Path, blocked: str) -> None:
    path = tmp_path / "home" / "llmquiz.db"
    if blocked == "home":
        (tmp_path / "home").write_text("")
    else:
        path.mkdir(parents=True)
    with pytest.raises(StoreError, match=UNWRITABLE):
        Store.open(path, now=NOW)


@linux
@pytest.mark.parametrize("what", ["folder", "file", "folder of a new one", "home of a new one"])
def test_what_is_read_only_is_told_at_the_start(what: str) -> None:
    review(None, "warm", Rating.good, NOW)  # the user below may not be allowed to read the library
    with nobody() as folder:
        path = folder / "home" / "llmquiz.db"
        if what in ("folder", "file"):
            with Store.open(path, now=NOW) as store:
                record(store)
        elif what == "folder of a new one":
            path.parent.mkdir()
        closed = {"file": path, "home of a new one": folder}.get(what, path.parent)
        closed.chmod(0o555 if closed.is_dir() else 0o444)
        with pytest.raises(StoreError, match=UNWRITABLE):
            Store.open(path, now=NOW)
        closed.chmod(0o777)
        assert answers(path) == (["words"] if what in ("folder", "file") else [])


def test_a_database_locked_for_too_long_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_errors, "BUSY_SECONDS", 0.1)
    with Store.open(path, now=NOW) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        locked = r"llmquiz\.db has been locked by another program for 0\.1 seconds; close it and try again\.$"
        with pytest.raises(StoreError, match=locked):
            record(store, "second")
        with pytest.raises(StoreError, match=locked):
            Store.open(path, now=NOW)
        assert [answer.text for answer in store.answers()] == ["words"]  # reading goes on
        other.execute("rollback")
        record(store, "third")
    assert answers(path) == ["words", "third"]


# A full disk

FULL = r"llmquiz\.db could not be written \(.*\): the disk is full or failing\. Free some space and try again; what was"


def test_a_full_database_is_told_and_keeps_what_was_there(path: Path) -> None:
    with Store.open(path, now=NOW) as store:
        store.save_draft("t/q", "half")
        pages = store._rows("pragma page_count")[0][0]
        store._connection.execute(f"pragma max_page_count = {pages + 2}")
        with pytest.raises(StoreError, match=FULL):
            record(store, "x" * 100_000)
        assert (len(store.answers()), store.draft("t/q"), store.memories()["t/q.a"].reviews) == (1, "half", 1)
        store._connection.execute("pragma max_page_count = 1000000")
        record(store, "there is room again")
    assert answers(path) == ["words", "there is room again"]


@linux
def test_a_disk_that_refuses_to_write_is_told_and_keeps_what_was_there(path: Path) -> None:
    with Store.open(path, now=NOW) as store:
        with files_no_larger_than(200_000), pytest.raises(StoreError, match=FULL):
            record(store, "x" * 300_000)
        record(store, "there is room again")
    assert answers(path) == ["words", "there is room again"]


@linux
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A file system of 500 kB, in a mount namespace of its own, is filled answer by answer to the last byte."""
    done = on_a_disk_of("500k", tmp_path, f"{sys.executable} -m tests.store.fill {tmp_path}/llmquiz.db")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr, lines[-1]) == (0, "", "sound")
    assert re.search(r"could not be written \(.*\): the disk is full or failing\. Free some", lines[0])
    assert lines[1].split()[0] == lines[1].split()[1] != "0"  # acknowledged, kept


# Reading where nothing can be written


@linux
@pytest.mark.parametrize("log", ["none", "left behind by a crash"])
def test_what_is_read_only_is_read_and_nothing_is_left_beside_it(log: str) -> None:
    review(None, "warm", Rating.good, NOW)  # the user below may not be allowed to read the library
    with nobody() as folder:
        path = folder / "home" / "llmquiz.db"
        writing = Store.open(path, now=NOW)
        record(writing)
        if log == "none":
            writing.close()
        else:  # as it stands on the disk while it is open
            shutil.copytree(path.parent, folder / "copy")
            writing.close()
            path = folder / "copy" / "llmquiz.db"
            path.with_name("llmquiz.db-shm").unlink()
        before = sorted(file.name for file in path.parent.iterdir())
        for file in path.parent.iterdir():
            file.chmod(0o444)
        path.parent.chmod(0o555)
        with Store.open(path, now=NOW, reading=True).sealed() as store:
            assert [answer.text for answer in store.answers()] == ["words"]
            assert store.check() == []
            with pytest.raises(Unwritable, match=r"cannot be written"):
                store.save_draft("t/q", "half")
        assert sorted(file.name for file in path.parent.iterdir()) == before


def test_reading_where_there_is_no_file_finds_nothing_and_makes_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "home" / "llmquiz.db", now=NOW, reading=True).sealed() as store:
        assert (store.answers(), store.memories(), store.check()) == ((), {}, [])
    assert list(tmp_path.iterdir()) == []


def test_reading_an_older_database_leaves_it_as_old_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "llmquiz.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        with Store.open(path, now=NOW) as store:
            record(store)
    before = path.read_bytes()
    with Store.open(path, now=NOW, reading=True).sealed() as store:
        assert store.interviews() == ()
        assert [answer.text for answer in store.answers()] == ["words"]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["llmquiz.db"]


# Copies


def test_a_copy_holds_everything_while_others_write(path: Path, tmp_path: Path) -> None:
    with Store.open(path, now=NOW) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        record(store, "still in the write-ahead log")
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
        record(store, "x" * 300_000)
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
