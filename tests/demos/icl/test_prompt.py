"""A text of the mapping as one types it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("torch")

from llmquiz.demos.icl import prompt
from llmquiz.demos.lab import demo
from llmquiz.errors import DemoError
from llmquiz.schema.topics import DemoText

pytestmark = pytest.mark.demo


def test_ones_own_text_is_answered(words_of: Callable[[str], DemoText]) -> None:
    outcome = demo.run("icl", words_of("icl"), device="cpu", quick=True, text="3b 1e 4a 1h 3?")
    assert outcome.result.read == "3b 1e 4a 1h 3?"
    assert {answer.token for answer in outcome.result.answers} == {"3b"}


@pytest.mark.parametrize("text", ["3b", "3?", "3b 5a 3?", "3b 3", "3b 3i 3?", "3b 3? 1?", " ", "3b " * 9 + "3?"])
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="examples and a question"):
        prompt.parsed(text)


def test_a_text_is_read_as_it_is_written() -> None:
    assert prompt.written(prompt.parsed("3b 1e 4a 3?")) == "3b 1e 4a 3?"
    text = prompt.drawn(0)
    *examples, question = prompt.written(text).split()
    assert [prompt.token(int(number)) for number in text.example_tokens[0, :-1]] == examples
    assert prompt.token(int(text.question_tokens[0, -1])) == question
