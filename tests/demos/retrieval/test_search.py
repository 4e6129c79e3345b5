"""A query of the user's own, among the sentences of the index or the questions of llmquiz."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, T5Config, T5ForConditionalGeneration

from llmquiz.demos.lab import demo, own_model, training
from llmquiz.demos.retrieval import language, search
from llmquiz.demos.retrieval.ranking import build_index
from llmquiz.demos.retrieval.train import TRAINING
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo

SMALL: dict[str, Any] = {
    "vocab_size": 99,
    "max_position_embeddings": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
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
def test_words_that_it_does_not_know_are_refused_with_the_way_out(words_of: Any, text: str) -> None:
    with pytest.raises(DemoError, match="Add --model") as error:
        _run(words_of, text=text)
    assert "--model" in error.value.text("zh")


@pytest.fixture(params=["encoder", "decoder"])
def checkpoint(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A tiny one of either family, which reads bytes."""
    model: Any = BertModel(BertConfig(**SMALL))
    if request.param == "decoder":
        model = GPT2LMHeadModel(GPT2Config(vocab_size=99, n_positions=64, n_embd=32, n_layer=2, n_head=4))
    model.save_pretrained(tmp_path / request.param)
    return str(tmp_path / request.param)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_checkpoint_ranks_the_shipped_questions_in_the_language_of_the_query(checkpoint: str, lang: str) -> None:
    questions = search.shipped_questions(lang)
    assert len(questions) > 150
    for query in questions[:2]:
        result = search.among_questions(query, checkpoint, device="cpu", dtype="float32")
        assert result.searched == len(questions)
        assert result.hits[0].text == query
        assert result.hits[0].score == pytest.approx(1, abs=1e-3)


def test_an_encoder_gives_its_mean_and_a_decoder_its_last_state(checkpoint: str) -> None:
    family = Path(checkpoint).name
    loaded = own_model.load_checkpoint(checkpoint, family, device="cpu", dtype="float32")
    states = loaded.model.base_model(loaded.tokens("mask")).last_hidden_state[0]
    expected = states[-1] if family == "decoder" else states.mean(0)
    assert torch.allclose(search.vector(loaded, family, "mask"), expected / expected.norm(), atol=1e-5)


def test_a_checkpoint_without_a_query_is_asked_ours(words_of: Any, checkpoint: str) -> None:
    outcome = _run(words_of, model=checkpoint)
    assert outcome.result.search.query == search.QUERY
    assert [claim.id for claim in outcome.claims if claim.surprising] == []


def test_a_checkpoint_with_two_stacks_is_refused(tmp_path: Path) -> None:
    size: dict[str, Any] = {"d_model": 32, "d_ff": 48, "num_layers": 1, "num_heads": 2, "d_kv": 8, "vocab_size": 99}
    size["decoder_start_token_id"] = 0
    T5ForConditionalGeneration(T5Config(**size)).save_pretrained(tmp_path)
    with pytest.raises(DemoError, match="its family is encoder-decoder"):
        search.among_questions("masks", str(tmp_path), device="cpu", dtype="float32")
