"""What a collection answers, and what it says of a name that it does not have or has twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmquiz.collection.cache import open_collection
from llmquiz.collection.collection import Collection, Item
from llmquiz.errors import ContentError, UnknownId

Write = Callable[[str, str], Path]

DECK = "title: {en: T}\nsummary: {en: S}\nlangs: [en]\norder: [caches]\n"
CLAIM = "  - {id: %s, text: {en: It is free.}, verdict: wrong, right: {en: No.}, why: {en: It is.}, demo: kv-cache%s}\n"
TABLE = """type: table
id: caches
title: {en: Caches}
columns: [{id: size, text: {en: Size}}]
rows:
  - {id: self, text: {en: Self}, cells: {size: {text: {en: large}, accept: {en: [large]}}}}
  - {id: cross, text: {en: Cross}, cells: {size: {text: {en: small}}}}
"""


@pytest.fixture
def collection(write: Write, tmp_path: Path) -> Iterator[Collection]:
    """Two topics that share one name."""
    for topic in ("a", "b"):
        root = write(f"{topic}/deck.yaml", DECK).parent.parent
        write(f"{topic}/claims.yaml", "claims:\n" + CLAIM % ("free", ", level: core"))
    write("a/tables/caches.yaml", TABLE)
    write("b/more/aka.yaml", "claims:\n" + CLAIM % ("renamed", ", aka: [former, a/elsewhere]"))
    opened = open_collection([root], tmp_path / "cache")
    yield opened
    opened.close()


def test_items_come_in_the_order_of_learning(collection: Collection) -> None:
    assert collection.items() == [
        Item("a/free", "a/free", "a", "claim", 0, 100_000, "kv-cache"),
        Item("b/free", "b/free", "b", "claim", 0, 100_002, "kv-cache"),
        Item("a/caches.self.size", "a/caches.self.size", "a", "cell", 1, 10_000_000, ""),
        Item("b/renamed", "b/renamed", "b", "claim", 1, 10_100_003, "kv-cache"),
    ]
    assert [item.id for item in collection.items("b")] == ["b/free", "b/renamed"]


@pytest.mark.parametrize(
    ("name", "topic", "full"),
    [
        ("caches", "", "a/caches"),
        ("a/caches", "", "a/caches"),
        ("a/caches", "b", "a/caches"),
        ("caches.self.size", "", "a/caches.self.size"),
        ("free", "b", "b/free"),
        ("a/free", "b", "a/free"),
    ],
)
def test_a_name_may_leave_out_the_topic_where_that_is_unique(
    collection: Collection, name: str, topic: str, full: str
) -> None:
    assert collection.resolve(name, topic) == full


def test_a_name_in_two_topics_is_asked_back(collection: Collection) -> None:
    with pytest.raises(ContentError, match=r"'free' stands in several topics: say which, a/free, b/free\.") as error:
        collection.resolve("free")
    assert error.value.text("zh") == "“free”在几个主题里都有，请写明：a/free、b/free。"


@pytest.mark.parametrize("name", ["cache", "a/cache", "c/caches", "caches.self.sizes"])
def test_an_unknown_name_is_told_with_the_nearest(collection: Collection, name: str) -> None:
    with pytest.raises(UnknownId, match=r"Did you mean .*caches"):
        collection.get(name)


def test_a_part_answers_with_its_entry_and_a_cell_with_itself(collection: Collection) -> None:
    cell, row = collection.get("caches.self.size"), collection.get("caches.self")
    assert (cell.id, cell.kind, cell.entry.type) == ("a/caches.self.size", "cell", "cell")
    assert (row.id, row.kind) == ("a/caches", "table")
    assert cell.path == row.path == collection.get("caches").path


def test_former_ids_lead_to_todays(collection: Collection) -> None:
    assert collection.aliases() == {"b/former": "b/renamed", "a/elsewhere": "b/renamed"}


def test_entries_are_chosen_by_kind_and_topic(collection: Collection) -> None:
    assert [entry.id for entry in collection.entries()] == ["a/free", "a/caches", "b/free", "b/renamed"]
    assert [entry.id for entry in collection.entries("claim", "b")] == ["b/free", "b/renamed"]
