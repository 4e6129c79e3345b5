"""Where content lies: which files are read, in which order, and which folders nothing reads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.collection.discover import content_files, root_of, topic_files, topic_folders, unread_folders

Write = Callable[[str, str], Path]
CLAIM = "type: claim\nid: x\n"


@pytest.fixture
def root(write: Write) -> Path:
    """A root with a topic of sections, and what topics share."""
    for name in (
        "t/deck.yaml", "t/glossary.yaml", "t/b.yaml", "t/interview.yml", "t/second/x.yaml", "t/first/x.yaml",
        "t/first/deep/deeper/y.yaml", "t/unnamed/x.yaml", "t/.hidden/x.yaml", "t/sources/s.yaml",
        "sources/t.yaml", "demos/d.yaml", "interviewers/i.yaml", "glossary.yaml", "schema/deck.json", "t/notes.md",
    ):  # fmt: skip
        path = write(name, "")
    return path.parent.parent


def below(root: Path, paths: object) -> list[str]:
    """Paths as they stand below a root."""
    return [path.relative_to(root).as_posix() for path in paths]  # type: ignore[attr-defined]


def test_a_topic_is_read_to_any_depth_its_own_files_first_and_its_sections_in_the_order_of_the_deck(root: Path) -> None:
    assert below(root, topic_files(root / "t", ["second", "first"])) == [
        "t/b.yaml",
        "t/interview.yml",
        "t/second/x.yaml",
        "t/first/x.yaml",
        "t/first/deep/deeper/y.yaml",
        "t/unnamed/x.yaml",
    ]


def test_every_file_that_can_hold_content_is_known_by_its_time_and_size(root: Path) -> None:
    files = {path: stat for path, stat in content_files([root])}
    assert sorted(below(root, files)) == [
        "demos/d.yaml",
        "glossary.yaml",
        "interviewers/i.yaml",
        "sources/t.yaml",
        "t/b.yaml",
        "t/deck.yaml",
        "t/first/deep/deeper/y.yaml",
        "t/first/x.yaml",
        "t/glossary.yaml",
        "t/interview.yml",
        "t/second/x.yaml",
        "t/sources/s.yaml",
        "t/unnamed/x.yaml",
    ]
    assert all(stat == path.stat() for path, stat in files.items())


def test_a_root_may_be_a_topic_itself(root: Path) -> None:
    assert topic_folders(root) == [root / "t"]
    assert topic_folders(root / "t") == [root / "t"]


@pytest.mark.parametrize("text", ["type: open\nid: x\n", "# mine\nclaims:\n  - {id: x}\n", "questions:\n- id: x\n"])
def test_a_folder_of_content_without_a_deck_is_told(root: Path, write: Write, text: str) -> None:
    write("new/section/x.yaml", text)
    assert list(unread_folders(root)) == [(root / "new", False)]
    assert list(unread_folders(root / "new" / "section")) == [(root / "new" / "section", False)]


def test_other_yaml_beside_the_topics_is_nobodys_business(root: Path, write: Write) -> None:
    write("ci/build.yaml", "jobs:\n  types: 3\n")
    write("schema/x.yaml", CLAIM)
    write(".github/x.yaml", CLAIM)
    assert list(unread_folders(root)) == []


def test_a_topic_inside_a_topic_is_told_and_not_read(root: Path, write: Write) -> None:
    write("t/first/inner/deck.yaml", "")
    write("t/first/inner/x.yaml", CLAIM)
    assert list(unread_folders(root)) == [(root / "t" / "first" / "inner", True)]
    assert "t/first/inner/x.yaml" not in below(root, topic_files(root / "t"))


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs rights there")
def test_a_link_that_leads_round_ends(root: Path) -> None:
    (root / "t" / "first" / "round").symlink_to(root / "t" / "first")
    assert len(below(root, topic_files(root / "t"))) == 6


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("t/first/deep/deeper/y.yaml", ""),
        ("t/first", ""),
        ("t", ""),
        ("t/deck.yaml", ""),
        ("demos/d.yaml", ""),
        ("sources", ""),
        ("interviewers/i.yaml", ""),
        ("glossary.yaml", ""),
        ("", ""),
        ("t/sources/s.yaml", ""),
    ],
)
def test_whatever_is_named_belongs_to_its_root(root: Path, path: str, expected: str) -> None:
    assert root_of(root / path) == root / expected


def test_a_folder_of_no_topic_is_its_own_root(root: Path, write: Write) -> None:
    assert root_of(write("new/section/x.yaml", CLAIM)) == root / "new" / "section"
