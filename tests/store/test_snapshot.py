"""Reading where nothing can be written."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from llmquiz.errors import Unwritable
from llmquiz.schedule.due_dates import Rating, review
from llmquiz.store import migrations
from llmquiz.store.store import Store
from tests.limits import linux, nobody
from tests.store.records import NOW, words


@linux
@pytest.mark.parametrize("log", ["none", "left behind by a crash"])
def test_what_is_read_only_is_read_and_nothing_is_left_beside_it(log: str) -> None:
    review(None, "warm", Rating.good, NOW)  # the user below may not be allowed to read the library
    with nobody() as folder:
        path = folder / "home" / "llmquiz.db"
        writing = Store.open(path, now=NOW)
        words(writing)
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
        Store.open(path, now=NOW).close()
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(
            "insert into answer (at, sitting, question, lang, source, text, hash, seconds, hints, grader)"
            " values (0, 's', 'q', 'en', 'drill', 'words', 'h', 1, 0, 'points')"
        )
    before = path.read_bytes()
    with Store.open(path, now=NOW, reading=True).sealed() as store:
        assert store.interviews() == ()
        assert [answer.text for answer in store.answers()] == ["words"]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["llmquiz.db"]
