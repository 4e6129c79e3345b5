"""What a full or failing disk comes to, in words that say what to do."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from llmquiz.errors import StoreError
from llmquiz.store.store import Store
from tests.limits import files_no_larger_than, linux, on_a_disk_of
from tests.store.records import NOW, answers, words

FULL = r"llmquiz\.db could not be written \(.*\): the disk is full or failing\. Free some space and try again; what was"


def test_a_full_database_is_told_and_keeps_what_was_there(path: Path) -> None:
    with Store.open(path, now=NOW) as store:
        store.save_draft("t/q", "half")
        pages = store._rows("pragma page_count")[0][0]
        store._connection.execute(f"pragma max_page_count = {pages + 2}")
        with pytest.raises(StoreError, match=FULL):
            words(store, "x" * 100_000)
        assert (len(store.answers()), store.draft("t/q"), store.memories()["t/q.a"].reviews) == (1, "half", 1)
        store._connection.execute("pragma max_page_count = 1000000")
        words(store, "there is room again")
    assert answers(path) == ["words", "there is room again"]


@linux
def test_a_disk_that_refuses_to_write_is_told_and_keeps_what_was_there(path: Path) -> None:
    with Store.open(path, now=NOW) as store:
        with files_no_larger_than(200_000), pytest.raises(StoreError, match=FULL):
            words(store, "x" * 300_000)
        words(store, "there is room again")
    assert answers(path) == ["words", "there is room again"]


@linux
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A file system of 500 kB, in a mount namespace of its own, is filled answer by answer to the last byte."""
    done = on_a_disk_of("500k", tmp_path, f"{sys.executable} -m tests.store.fill {tmp_path}/llmquiz.db")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr, lines[-1]) == (0, "", "sound")
    assert re.search(r"could not be written \(.*\): the disk is full or failing\. Free some", lines[0])
    assert lines[1].split()[0] == lines[1].split()[1] != "0"  # acknowledged, kept
