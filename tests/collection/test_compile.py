"""What the compiled cache holds of what was loaded: the order of learning, former ids, hashes, terms, faults."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from llmquiz.collection import compile as compiling
from llmquiz.collection.collection import Collection
from llmquiz.collection.load import load
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.read import keys

Write = Callable[[str, str], Path]
Opened = Callable[[], Collection]

DECK = "title: {en: T}\nsummary: {en: S}\nlangs: [%s]\n"
CLAIM = "  - {id: %s, text: {en: It is free.}, verdict: wrong, right: {en: No.}, why: {en: It is.}%s}\n"
OPEN = """questions:
  - id: why
    type: open
    level: core
    prompt: {en: Why?}
    answers:
      one-line: {text: {en: Because.}, seconds: 15}
      one-minute: {text: {en: Because of it.}, seconds: 60}
    points:
"""
POINT = "      - {id: %s, text: {en: Keys are kept.}%s}\n"
TABLE = """type: table
id: caches
level: core
title: {en: Caches}
columns: [{id: size, text: {en: Size}}]
rows:
  - {id: self, text: {en: Self}, cells: {size: {text: {en: large}, accept: {en: [large]}}}}
  - {id: cross, text: {en: Cross}, cells: {size: {text: {en: small}, accept: {en: [small]}}}}
"""
DEMO = """title: {en: D, zh: 丁}
shows: {en: It, zh: 它}
seconds: 1
claims: [{id: c, says: llmquiz, expected: true, text: {en: It does., zh: 是的。}}]
"""
GUESS = """predictions:
  - {type: prediction, id: guess, topic: t, prompt: {en: How many?}, measures: n, factor: 2.0, why: {en: So many.}}
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Compile what was written, in memory."""
    with ExitStack() as stack:

        def in_memory() -> Collection:
            db = stack.enter_context(closing(sqlite3.connect(":memory:", isolation_level=None)))
            compiling.write(db, load([tmp_path / "content"]))
            return Collection(db)

        yield in_memory


def order(collection: Collection) -> list[str]:
    """The items in the order of learning."""
    return [item.id for item in collection.items()]


def test_the_level_goes_before_the_decks_order_and_that_before_the_files(write: Write, opened: Opened) -> None:
    write("t/deck.yaml", DECK % "en" + "order: [b-deep, c-core, t/d-core]\n")
    for name in ("a-core", "b-deep", "c-core", "d-core", "e-deep", "f-expert"):
        write(f"t/{name}.yaml", "claims:\n" + CLAIM % (name, f", level: {name.partition('-')[2]}"))
    assert order(opened()) == ["t/c-core", "t/d-core", "t/a-core", "t/b-deep", "t/e-deep", "t/f-expert"]


def test_a_deck_may_order_an_item_inside_an_entry(write: Write, opened: Opened) -> None:
    write("t/deck.yaml", DECK % "en" + "order: [caches.cross.size, why]\n")
    write("t/a.yaml", TABLE)
    write("t/b.yaml", OPEN + POINT % ("one", "") + POINT % ("two", ""))
    assert order(opened()) == ["t/caches.cross.size", "t/why.one", "t/why.two", "t/caches.self.size"]


def test_an_item_knows_who_asks_it(write: Write, opened: Opened) -> None:
    write("t/deck.yaml", DECK % "en")
    write("t/a.yaml", OPEN + POINT % ("one", ", level: expert"))
    write("t/b.yaml", TABLE + "demo: kv-cache\n")
    write("t/c.yaml", "claims:\n" + CLAIM % ("free", ""))
    assert {item.id: (item.question, item.kind, item.level, item.demo) for item in opened().items()} == {
        "t/why.one": ("t/why", "open", 2, ""),
        "t/caches.self.size": ("t/caches.self.size", "cell", 0, "kv-cache"),
        "t/caches.cross.size": ("t/caches.cross.size", "cell", 0, "kv-cache"),
        "t/free": ("t/free", "claim", 1, ""),
    }


def test_a_point_that_is_named_twice_stops_nothing(write: Write, opened: Opened) -> None:
    """`check` tells it; whoever wants to drill something else can."""
    write("t/deck.yaml", DECK % "en")
    write("t/questions.yaml", OPEN + POINT % ("same", "") + POINT % ("same", ", level: expert"))
    assert [(item.id, item.level) for item in opened().items()] == [("t/why.same", 0)]


def test_a_former_id_leads_to_the_entry_or_point_of_today(write: Write, opened: Opened) -> None:
    write("t/deck.yaml", DECK % "en")
    write("t/a.yaml", "claims:\n" + CLAIM % ("free", ", aka: [gratis, u/free]") + CLAIM % ("late", ", aka: [gratis]"))
    write("t/b.yaml", OPEN + POINT % ("one", ", aka: [why.first]"))
    assert opened().aliases() == {"t/gratis": "t/free", "u/free": "t/free", "t/why.first": "t/why.one"}


def test_the_hash_of_a_question_changes_with_what_is_asked_and_with_nothing_else(write: Write, opened: Opened) -> None:
    write("t/deck.yaml", DECK % "en")
    lines = (CLAIM % ("free", "")).strip().removeprefix("- {").removesuffix("}").replace(", ", "\n").splitlines()
    hashes = []
    for text in ("\n".join(lines), "# moved\n" + "\n".join(reversed(lines)), "\n".join(lines).replace("No.", "Yes.")):
        write("t/free.yaml", f"type: claim\n{text}\n")
        hashes.append(opened().get("t/free").hash)
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_topic_is_kept_with_its_languages_and_its_deck(write: Write, opened: Opened) -> None:
    for name, langs in (("t", "en"), ("u", "zh, en")):
        write(f"{name}/deck.yaml", DECK % langs + "owners: [安]\n")
        path = write(f"{name}/a.yaml", "claims:\n" + CLAIM % ("free", ""))
    collection = opened()
    topics = {topic.name: (topic.folder, topic.deck.langs, topic.deck.owners) for topic in collection.topics()}
    root = path.parent.parent
    assert topics == {"t": (str(root / "t"), ["en"], ["安"]), "u": (str(root / "u"), ["zh", "en"], ["安"])}
    entries = [collection.get(f"{name}/free") for name in topics]
    assert [entry.langs for entry in entries] == [("en",), ("zh", "en")]
    assert [entry.path for entry in entries] == [str(root / name / "a.yaml") for name in topics]


def test_what_topics_cite_is_kept(write: Write, opened: Opened) -> None:
    source = "{id: %s, title: 题, authors: A, year: 2020}"
    write("sources/a.yaml", f"sources: [{source % 'a-2020-x'}, {source % 'b-2020-x'}]\n")
    collection = opened()
    assert [(cited.id, cited.title) for cited in collection.sources()] == [("a-2020-x", "题"), ("b-2020-x", "题")]


def test_a_demo_is_kept_without_its_predictions_which_are_questions_of_a_topic(write: Write, opened: Opened) -> None:
    write("t/deck.yaml", DECK % "en")
    write("demos/kv-cache.yaml", DEMO + GUESS)
    collection = opened()
    words = collection.demo("kv-cache")
    assert words
    assert (words.title.zh, words.predictions) == ("丁", [])
    assert [(item.id, item.demo) for item in collection.items()] == [("t/guess", "kv-cache")]


def test_the_faults_of_loading_are_kept_in_both_languages(write: Write, opened: Opened) -> None:
    write("t/deck.yaml", DECK % "en")
    write("t/a.yaml", "claims: 3\n")
    root = write("t/b.yaml", "claims:\n" + CLAIM % ("free", "")).parent.parent
    collection = opened()
    assert collection.faults() == load([root]).faults != []
    assert all(fault.zh for fault in collection.faults())
    assert order(collection) == ["t/free"]


def known(glossary: Glossary, text: str) -> bool:
    return bool(glossary.found(keys(text), 0))


def test_a_term_of_a_topic_holds_there_and_nowhere_else(write: Write, opened: Opened) -> None:
    write("glossary.yaml", "terms:\n  - {id: cache, en: [kv cache], zh: [KV 缓存]}\n")
    for topic in ("first", "second"):
        write(f"{topic}/deck.yaml", DECK % "en")
    write("first/glossary.yaml", "terms:\n  - {id: drop, en: [lucky drop], zh: [幸运丢弃]}\n")
    collection = opened()
    glossaries = {name: Glossary.from_json(collection.compiled_glossary(name)) for name in ("", "first", "second")}
    assert {name: known(glossary, "lucky drop") for name, glossary in glossaries.items()} == {
        "": False,
        "first": True,
        "second": False,
    }
    assert all(known(glossary, "kv cache") for glossary in glossaries.values())
    assert [term.id for term in collection.glossary()] == ["cache"]
