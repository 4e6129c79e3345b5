"""The interface's own words: each in both languages, each used, each used one known."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from llmquiz.messages.errors import ERRORS
from llmquiz.messages.faults import FAULTS
from llmquiz.messages.ui import WORDS, Words
from llmquiz.schema.texts import Level, Verdict

PACKAGE = Path(__file__).parents[2] / "llmquiz"
FILES = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "messages"]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in FILES)


def fields(text: str) -> set[str]:
    """The names that a text fills in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", WORDS)
def test_every_word_is_there_in_both_languages_with_the_same_fields(key: str) -> None:
    en, zh = WORDS[key]
    assert en
    assert zh
    assert fields(en) == fields(zh)


@pytest.mark.parametrize("key", [key for key in WORDS if "llmquiz" not in key])
def test_chinese_words_are_chinese(key: str) -> None:
    zh = re.sub(r"`[^`]*`|\{[^}]*\}|\^\w", "", WORDS[key][1])
    assert re.search(r"[\u4e00-\u9fff]", zh) or not re.search(r"[A-Za-z]{3}", zh)


def test_every_word_used_exists() -> None:
    called = re.findall(r"""words\(\s*["']([\w-]+\.[\w.-]+)["']""", CODE)
    named = re.findall(r'"((?:keys|back|due|ask|end|demo|stats)\.[a-z-]+(?:\.[a-z]+)?)"', CODE)
    used = {*called, *named}
    assert used - set(WORDS) - set(ERRORS) - set(FAULTS) == set()


def test_every_word_is_used() -> None:
    prefixes = set(re.findall(r"""f["']([\w.-]+\.)\{""", CODE))
    unused = [
        key
        for key in WORDS
        if f'"{key}"' not in CODE and f"'{key}'" not in CODE and not any(key.startswith(prefix) for prefix in prefixes)
    ]
    assert unused == []


def test_every_level_and_verdict_has_its_words() -> None:
    for lang in ("en", "zh"):
        words = Words(lang)  # type: ignore[arg-type]
        assert all(words(f"level.{level}") for level in Level)
        assert all(words(f"verdict.{verdict}") for verdict in Verdict)
