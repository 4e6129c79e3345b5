"""The field's synonyms, looked up as one word."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.read import keys
from llmquiz.schema.topics import GlossaryEntry

GLOSSARY = Glossary.build(
    [
        GlossaryEntry(id="cache", en=["cache"], zh=["缓存"]),
        GlossaryEntry(id="kv-cache", en=["KV cache", "key-value cache"], zh=["KV 缓存", "键值缓存"]),
        GlossaryEntry(id="layer", en=["layer"], zh=["层"]),
    ]
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a KV cache", ["a", "@kv-cache"]),  # the longest form
        ("a key-value cache", ["a", "@kv-cache"]),
        ("KV caches", ["@kv-cache"]),
        ("a cache", ["a", "@cache"]),
        ("a KV store", ["a", "kv", "store"]),
        ("键值缓存", ["@kv-cache"]),
        ("键值", ["键", "值"]),
        ("三层", ["三", "层"]),  # a single character stands in too many words
        ("three layers", ["three", "@layer"]),
        ("", []),
    ],
)
def test_a_term_stands_in_the_place_of_its_longest_form(text: str, words: list[str]) -> None:
    expected = tuple(word if word.startswith("@") else keys(word)[0] for word in words)
    assert GLOSSARY.canonical(keys(text)) == expected


def test_a_glossary_is_read_back_as_it_was_written() -> None:
    again = Glossary.from_json(GLOSSARY.to_json())
    assert again.forms == GLOSSARY.forms
    assert again != GLOSSARY  # equal only to itself, so that it hashes


def test_all_terms_that_begin_at_a_place_come_longest_first() -> None:
    tokens = keys("KV cache")
    assert GLOSSARY.found(tokens, 0) == [(2, "@kv-cache")]
    assert GLOSSARY.found(tokens, 1) == [(2, "@cache")]
