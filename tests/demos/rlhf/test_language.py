"""The toy English: its grammar, its reward, and where a text ends."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.rlhf import language

pytestmark = pytest.mark.demo


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("yesterday the kind cat followed some dogs .", True),
        ("tomorrow a cat will see the old old old friends .", True),
        ("often the birds like a child .", True),
        ("often the birds likes a child .", False),
        ("yesterday the cat sees a child .", False),
        ("tomorrow the cat see a child .", False),
        ("today a cats see a child .", False),
        ("today some cat sees a child .", False),
        ("today the kind kind kind kind cat sees a child .", False),
        ("today the kind sees a child .", False),
        ("the cat sees a child .", False),
        ("today the cat sees a child", False),
        ("today the cat sees a child . .", False),
        ("today the cat sees a child dog .", False),
        ("today", False),
        ("", False),
    ],
)
def test_the_grammar_tells_sentences_from_near_misses(text: str, right: bool) -> None:
    assert language.grammatical(text.split()) is right


def test_sentences_are_grammatical_and_their_reward_is_counted() -> None:
    ids = language.sentences(300, torch.Generator().manual_seed(0))
    texts = [language.words(row) for row in ids]
    assert all(map(language.grammatical, texts))
    by_hand = [sum((word in language.HAPPY) - (word in language.SAD) for word in text) for text in texts]
    assert language.reward(ids).tolist() == by_hand
    assert {len(text) for text in texts} == set(range(7, 15))
    assert language.mask(ids).sum(1).tolist() == [len(text) - 1 for text in texts]
