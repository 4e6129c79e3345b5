"""The stories that draft and target learn, and a prompt of the user's own."""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice

import pytest

pytest.importorskip("torch")

from llmquiz.demos.speculative import language
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


def test_every_word_has_one_kind() -> None:
    assert Counter(word for kind in language.KINDS.values() for word in kind) == Counter(language.WORDS)


def test_a_color_is_named_again_as_it_was_told() -> None:
    for seed in range(20):
        owned: dict[str, list[str]] = {}
        person = ""
        for sentence in " ".join(islice(language.story(random.Random(seed)), 200)).split(" . ")[:-1]:
            first, *rest = sentence.split()
            if first == "then":
                assert rest.pop(0) == language.PEOPLE[person]
            else:
                person = first
            assert (rest[0] == "has") is (person not in owned)
            assert owned.setdefault(person, rest[2:4]) == rest[2:4]
        assert 1 <= len(owned) <= 3


@pytest.mark.parametrize(
    "text", ["anna has a red kite . ben", "Anna has a red kite. Ben", ". anna has a red kite . ben"]
)
def test_a_prompt_of_ones_own(text: str) -> None:
    ids = language.prompt_of(text, 30)
    assert " ".join(language.WORDS[i] for i in ids[0]) == ". anna has a red kite . ben"


@pytest.mark.parametrize(
    ("text", "message"), [("anna has a purple kite", "purple"), ("", "1 to 30"), ("anna " * 31, "1 to 30")]
)
def test_a_prompt_that_the_models_cannot_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(DemoError, match=message):
        language.prompt_of(text, 30)
