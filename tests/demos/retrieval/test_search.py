"""A query of the user's own, among the sentences of the index."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, training
from llmquiz.demos.retrieval import language, search
from llmquiz.demos.retrieval.ranking import build_index
from llmquiz.demos.retrieval.train import TRAINING
from llmquiz.errors import DemoError
from llmquiz.language import LANGS

pytestmark = pytest.mark.demo

SENTENCE = "at noon sailor sold a crane to doctor in port with feathers ."


def _run(words_of: Any, **options: Any) -> demo.Outcome:
    return demo.run("retrieval", words_of("retrieval"), device="cpu", quick=True, **options)


def _fact(text: str) -> list[list[int]]:
    ids = language.ids_of(text)
    assert ids is not None
    fact = language.fact_of(ids)
    assert fact is not None
    facts: list[list[int]] = fact.tolist()
    return facts


def test_a_sentence_of_the_language_finds_what_says_the_same_before_its_neighbours(words_of: Any) -> None:
    result = _run(words_of, text=SENTENCE).result.search
    assert (result.query, result.searched, len(result.hits)) == (SENTENCE, 1005, search.SHOWN)
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert _fact(result.hits[0].text) == _fact(SENTENCE)


@pytest.mark.parametrize(
    "text",
    [
        "sailor sold a crane",
        "sailor sold a crane to sailor at noon in port with feathers",  # both are the same person
        "sailor sold a crane to doctor at noon in port",
        "sailor sold a crane to doctor at noon at dusk in port with feathers",
        "sailor doctor sold a crane at noon in port with feathers",  # nobody takes it
    ],
)
def test_a_sentence_that_tells_no_fact_is_searched_as_it_is(text: str) -> None:
    ids = language.ids_of(text)
    assert ids is not None
    assert language.fact_of(ids) is None
    model = training.trained(TRAINING, "encoder")
    assert search.among_facts(text, "encoder", model, build_index(0), 0).searched == 1000


@pytest.mark.parametrize("text", ["Is BERT obsolete?", "BERT 过时了吗", "", "sailor " * 64])
def test_words_that_it_does_not_know_are_refused_with_an_example(words_of: Any, text: str) -> None:
    with pytest.raises(DemoError, match="it knows only sentences such as") as error:
        _run(words_of, text=text)
    example = language.text_of(build_index(0).candidates[0])
    assert all(example in error.value.text(lang) for lang in LANGS)
