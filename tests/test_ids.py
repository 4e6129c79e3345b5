"""Ids as values, and nothing beside `ids.py` that takes them apart by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llmquiz.ids import Id

PACKAGE = Path(__file__).parent.parent / "llmquiz"
SURGERY = re.compile(
    r"""split\("[./]"|partition\("[./]"|"[./]" (not )?in |removeprefix\(f"|startswith\(f"\{[^}]+\}[./]"""
)
NO_IDS = {"ids.py", "grading/text/phrasings.py", "app/settings.py"}
"""Files that take something else apart: phrasings, the fields of settings."""


@pytest.mark.parametrize(
    ("text", "topic", "name", "short", "entry", "parts"),
    [
        ("t/caches.self", "t", "caches", "caches.self", "t/caches", ("self",)),
        ("t/table.row.column", "t", "table", "table.row.column", "t/table", ("row", "column")),
        ("t/caches", "t", "caches", "caches", "t/caches", ()),
        ("caches.self", "", "caches", "caches.self", "caches", ("self",)),
    ],
)
def test_an_id_knows_its_parts(
    text: str, topic: str, name: str, short: str, entry: str, parts: tuple[str, ...]
) -> None:
    parsed = Id(text)
    assert (parsed.topic, parsed.name, parsed.short, parsed.entry, parsed.parts) == (topic, name, short, entry, parts)
    assert parsed.entry.part(*parts) == text == parsed


def test_a_short_id_becomes_full_and_a_full_one_stays() -> None:
    assert Id("caches.self").in_topic("t") == "t/caches.self"
    assert Id("other/caches").in_topic("t") == "other/caches"


@pytest.mark.parametrize(
    ("outer", "inside"),
    [("t", True), ("t/caches", True), ("t/caches.self", True), ("t/cache", False), ("t/caches.s", False), ("u", False)],
)
def test_what_is_inside(outer: str, inside: bool) -> None:
    assert Id("t/caches.self").within(outer) is inside


def test_nobody_else_takes_ids_apart() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if "demos" not in path.parts]
    cut = {path.relative_to(PACKAGE).as_posix() for path in files if SURGERY.search(path.read_text(encoding="utf-8"))}
    assert cut - NO_IDS == set()
