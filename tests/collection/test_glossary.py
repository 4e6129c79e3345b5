"""Terms of a topic alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from llmquiz.collection.cache import open_collection
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.read import keys

Write = Callable[[str, str], Path]
DECK = "title: {en: A}\nsummary: {en: B}\nlangs: [en]\n"


def known(glossary: Glossary, text: str) -> bool:
    return bool(glossary.found(keys(text), 0))


def test_a_term_of_a_topic_holds_there_and_nowhere_else(write: Write, tmp_path: Path) -> None:
    write("glossary.yaml", "terms:\n  - {id: cache, en: [kv cache], zh: [KV 缓存]}\n")
    for topic in ("first", "second"):
        write(f"{topic}/deck.yaml", DECK)
    write("first/glossary.yaml", "terms:\n  - {id: drop, en: [lucky drop], zh: [幸运丢弃]}\n")
    with_cache = open_collection([tmp_path / "content"], tmp_path / "cache")
    glossaries = {name: Glossary.from_json(with_cache.compiled_glossary(name)) for name in ("", "first", "second")}
    with_cache.close()
    assert {name: known(glossary, "lucky drop") for name, glossary in glossaries.items()} == {
        "": False,
        "first": True,
        "second": False,
    }
    assert all(known(glossary, "kv cache") for glossary in glossaries.values())
