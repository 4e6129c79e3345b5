"""The compiled cache: made again whenever content changes, and served as long as it does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.collection import cache
from llmquiz.schema.questions import Claim

Write = Callable[[str, str], Path]

DECK = "title: {en: T}\nsummary: {en: S}\nlangs: [en]\n"
CLAIM = "type: claim\nid: free\ntext: {en: It is free.}\nverdict: wrong\nright: {en: It is %s.}\nwhy: {en: It is.}\n"


def right(root: Path, folder: Path) -> str:
    """What the claim says, in a process that starts now."""
    collection = cache.open_collection([root], folder)
    entry = collection.get("t/free").entry
    collection.close()
    assert isinstance(entry, Claim)
    return entry.right["en"]


def test_an_edit_of_equal_size_is_not_served_stale(write: Write, tmp_path: Path) -> None:
    root = write("t/deck.yaml", DECK).parent.parent
    path = write("t/section/claim.yaml", CLAIM % "5 GB")
    assert right(root, tmp_path / "cache") == "It is 5 GB."
    before = path.stat()
    path.write_text(CLAIM % "6 GB", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert path.stat().st_size == before.st_size
    assert right(root, tmp_path / "cache") == "It is 6 GB."


@pytest.mark.parametrize("name", ["t/more.yaml", "t/a/b/more.yaml", "sources/t.yaml", "interviewers/x.yaml"])
def test_a_new_file_is_seen_wherever_content_is_read(write: Write, tmp_path: Path, name: str) -> None:
    root = write("t/deck.yaml", DECK).parent.parent
    cache.open_collection([root], tmp_path / "cache").close()
    (before,) = (tmp_path / "cache").iterdir()
    write(name, "claims: []\n")
    cache.open_collection([root], tmp_path / "cache").close()
    (after,) = (tmp_path / "cache").iterdir()
    assert before != after


def test_what_has_not_changed_is_not_loaded_again(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write("t/deck.yaml", DECK).parent.parent
    write("t/claim.yaml", CLAIM % "5 GB")
    right(root, tmp_path / "cache")
    monkeypatch.setattr("llmquiz.collection.load.load", None)
    assert right(root, tmp_path / "cache") == "It is 5 GB."


def test_where_no_cache_can_be_written_it_is_made_in_memory_and_says_why(write: Write, tmp_path: Path) -> None:
    root = write("t/deck.yaml", DECK).parent.parent
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    collection = cache.open_collection([root], tmp_path / "cache")
    assert [topic.name for topic in collection.topics()] == ["t"]
    assert collection.unkept == "File exists"
    collection.close()


def test_a_damaged_cache_is_made_again(write: Write, tmp_path: Path) -> None:
    root = write("t/deck.yaml", DECK).parent.parent
    write("t/claim.yaml", CLAIM % "5 GB")
    right(root, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(b"no database" * 100)
    assert right(root, tmp_path / "cache") == "It is 5 GB."
