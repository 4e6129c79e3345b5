"""The words of the trained model that sampling draws from, and beginnings of the user's own."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.sampling import stories
from llmquiz.demos.speculative import language
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


def test_the_words_have_the_ids_that_the_model_learned() -> None:
    assert stories.WORDS == language.WORDS


@pytest.mark.parametrize(
    "text", ["anna has a red kite . ben", "Anna has a red kite. Ben", ". anna has a red kite . ben"]
)
def test_a_beginning_is_read_behind_a_full_stop(text: str) -> None:
    assert stories.written(stories.tokens(text)[0]) == ". anna has a red kite . ben"


@pytest.mark.parametrize(
    ("text", "message"), [("anna has a purple kite", "purple"), ("", "1 to 30"), ("anna " * 31, "1 to 30")]
)
def test_a_beginning_that_the_model_cannot_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(DemoError, match=message):
        stories.tokens(text)
