"""Migrations, each in one transaction after a copy; and databases that are refused and left as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from llmquiz.errors import StoreError
from llmquiz.schedule.due_dates import Rating, review
from llmquiz.store import migrations, sqlite_errors
from llmquiz.store.store import Store
from tests.limits import linux, nobody
from tests.store.records import NOW, answers, words

NEWEST = len(migrations.MIGRATIONS)

# Migrations


def test_a_migration_runs_once_after_a_dated_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, ("create table extra (a) ", "select 1")))
    for _ in range(2):
        with Store.open(path, now=NOW) as store:
            assert store._rows("pragma user_version") == [(NEWEST + 1,)]
            assert store._rows("select count(*) from extra") == [(0,)]
    copy = path.parent / "backups" / f"llmquiz-2026-11-23-version-{NEWEST}.db"
    assert list(copy.parent.iterdir()) == [copy]
    monkeypatch.undo()
    assert answers(copy) == ["words"]


def test_the_copy_before_a_migration_never_takes_the_place_of_another(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = path.parent / "backups" / f"llmquiz-2026-11-23-version-{NEWEST}.db"
    old.parent.mkdir()
    old.write_text("precious")
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, ("select 1",)))
    Store.open(path, now=NOW).close()
    assert old.read_text() == "precious"
    assert {file.name for file in old.parent.iterdir()} == {old.name, f"llmquiz-2026-11-23-version-{NEWEST}-2.db"}


def test_a_migration_that_fails_in_the_middle_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (("create table extra (a)",), ("create table more (a)", "insert into nowhere values (1)"))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, *steps))
    with pytest.raises(sqlite3.OperationalError, check=lambda error: "nowhere" in str(error)):
        Store.open(path, now=NOW)
    monkeypatch.undo()
    with Store.open(path, now=NOW) as store:
        assert store._rows("pragma user_version") == [(NEWEST,)]
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
    with pytest.raises(
        StoreError, match=rf"^The copy .*version-{NEWEST}\.db cannot be written \(.*\); name another file\.$"
    ):
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
        match=rf"a newer llmquiz \(database version 7, this one knows {NEWEST}\); it was left as it is\. Update",
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
                words(store)
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
            words(store, "second")
        with pytest.raises(StoreError, match=locked):
            Store.open(path, now=NOW)
        assert [answer.text for answer in store.answers()] == ["words"]  # reading goes on
        other.execute("rollback")
        words(store, "third")
    assert answers(path) == ["words", "third"]
