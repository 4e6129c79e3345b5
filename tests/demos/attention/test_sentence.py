"""How a sentence is split and numbered, and which ones are refused."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch")

from llmquiz.demos.attention import sentence
from llmquiz.demos.lab import demo
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


def test_words_are_split_in_both_languages_and_nothing_else_gets_through() -> None:
    assert sentence.words_of("GPT模型 isn't decoder-only, 3.5？\x1b[31m") == (
        "GPT", "模", "型", "isn't", "decoder-only", ",", "3.5", "？", "[", "31m",
    )  # fmt: skip
    assert sentence.numbered(("a", "b", "a", "c"), 256) == [1, 2, 1, 3]
    assert sentence.numbered(("a", "b", "c"), 3) == [1, 2, 1]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("one two three", 3), ("word " * 33, 33)])
def test_a_text_too_short_or_too_long_is_refused(words_of: Any, text: str, count: int) -> None:
    with pytest.raises(DemoError, match=f"--text has {count} tokens; this demo takes 4 to 32"):
        demo.run("attention", words_of("attention"), device="cpu", quick=True, text=text)
