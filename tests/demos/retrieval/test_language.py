"""The little language: facts, their neighbours, and the sentences that tell them."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.retrieval import language, vocabulary
from llmquiz.demos.retrieval.ranking import build_index

pytestmark = pytest.mark.demo


def _generator(seed: int = 0) -> Any:
    return torch.Generator().manual_seed(seed)


def test_no_sentence_of_the_index_was_in_the_training() -> None:
    generator = _generator()
    index, seen = build_index(0), language.random_facts(5000, generator)
    assert language.is_held_out(index.facts).all()
    assert not language.is_held_out(seen).any()
    assert not language.is_held_out(language.with_neighbours(seen, generator)[1::5]).any(), "roles exchanged"
    assert len(set(map(tuple, index.facts.tolist()))) == len(index.facts) == 1000


def test_a_neighbour_differs_in_one_thing() -> None:
    facts = language.random_facts(50, _generator())
    groups = language.with_neighbours(facts, _generator()).view(50, 5, 6)
    changed = (groups != facts[:, None]).tolist()
    expected: list[set[int]] = [set(), {0, 1}, {3}, {2}, {5}]
    assert [[{i for i, differs in enumerate(row) if differs} for row in group] for group in changed] == [expected] * 50


@pytest.mark.parametrize("order", range(len(vocabulary.ORDERS)))
def test_a_sentence_says_its_fact_in_every_order(order: int) -> None:
    """Read back by its small words: who comes after `to` takes, who does not gives."""
    facts = language.random_facts(20, _generator())
    things = [meaning for name, *meanings in vocabulary.THINGS for meaning in ((name, *rest) for rest in meanings)]
    for fact, ids in zip(facts.tolist(), language.sentences(facts, _generator(), order=order), strict=True):
        words = language.text_of(ids).split()
        taker = words[words.index("to") + 1]
        people = [word for word in words if any(word in pair for pair in vocabulary.PEOPLE) and word != taker]
        assert taker in vocabulary.PEOPLE[fact[1]]
        assert [person in vocabulary.PEOPLE[fact[0]] for person in people] == [True]
        assert any(word in vocabulary.DEEDS[fact[2]] for word in words)
        name, own_name, tails = things[fact[3]]
        assert {name, own_name} & set(words)
        assert words[-2] in tails
        assert words[words.index("at") + 1] in vocabulary.TIMES[fact[4]]
        assert words[words.index("in") + 1] in vocabulary.PLACES[fact[5]]


def test_a_fact_is_read_back_from_any_telling() -> None:
    facts = language.random_facts(200, _generator())
    for fact, ids in zip(facts, language.sentences(facts, _generator()), strict=True):
        read = language.fact_of(ids[None])
        assert read is not None
        assert torch.equal(read, fact[None])
