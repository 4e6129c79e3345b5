"""The demo kv-cache, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import (
    BertConfig,
    BertForMaskedLM,
    DynamicCache,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
)

from llmquiz.demos.kv_cache import break_even, decoding
from llmquiz.demos.kv_cache.claims import Result, SameText
from llmquiz.demos.lab import caching, demo, tiny, two_caches
from llmquiz.errors import DemoError
from tests.demos.breaking import finding, without_memory

pytestmark = pytest.mark.demo


class Forgetful(DynamicCache):  # type: ignore[misc]
    """A cache that hands back only the newest keys and values."""

    def update(self, keys: Any, values: Any, layer: int, *args: Any, **options: Any) -> Any:
        super().update(keys, values, layer, *args, **options)
        return keys, values


def _same_text() -> SameText:
    model = tiny.llama(init=0.2)
    return decoding.same_text(model, tiny.random_tokens(model, 1, 8, seed=0), 12)


@pytest.mark.breaks("same-tokens")
def test_a_cache_that_forgets_writes_other_tokens(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("same-tokens", result, text=_same_text()) is True
    monkeypatch.setattr(caching, "empty_cache", lambda model: Forgetful(config=model.config))
    assert finding("same-tokens", result, text=_same_text()) is False


@pytest.mark.breaks("newest-only", "all-again")
def test_feeding_the_whole_text_in_spite_of_a_cache_is_noticed(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    decode = caching.decode
    monkeypatch.setattr(caching, "decode", lambda model, prompt, new, cached: decode(model, prompt, new, cached=False))
    monkeypatch.setattr(caching, "cache_size", lambda cache: 0)
    model = tiny.llama(init=0.2)
    text = decoding.same_text(model, tiny.random_tokens(model, 1, 8, seed=0), 64)
    assert finding("newest-only", result, positions_with_cache=text.positions_with) is False
    assert finding("all-again", result, positions_without_cache=text.positions_without) is True


@pytest.mark.breaks("encoder-recomputes")
def test_a_causal_model_in_the_place_of_the_encoder_keeps_its_states(result: Result) -> None:
    model = tiny.llama(init=0.2)
    states = decoding.moved(model, tiny.random_tokens(model, 1, 40, seed=0), 8)
    assert finding("encoder-recomputes", result, encoder_moved=states) is False


@pytest.mark.breaks("decoder-keeps")
def test_an_encoder_in_the_place_of_the_decoder_does_not_keep_them(result: Result) -> None:
    model = tiny.bert()
    states = decoding.moved(model, tiny.random_tokens(model, 1, 40, seed=0), 8)
    assert finding("decoder-keeps", result, decoder_moved=states) is False


@pytest.mark.breaks("twice-as-complex")
def test_cross_attention_that_projects_at_every_step_would_be_twice_as_complex(result: Result) -> None:
    """Broken on purpose: a cross-attention cache that is thrown away after each step."""
    model = tiny.t5()
    source, target = tiny.random_tokens(model, 1, 16, seed=0), tiny.random_tokens(model, 1, 4, seed=1)
    assert finding("twice-as-complex", result, two=two_caches.two_caches(model, source, target)) is False

    with without_memory():
        assert finding("twice-as-complex", result, two=two_caches.two_caches(model, source, target)) is True


@pytest.mark.breaks("second-question")
def test_a_second_question_read_from_the_start_is_noticed(result: Result) -> None:
    whole = {"prefix.positions": result.prefix.context + result.prefix.question}
    assert finding("second-question", result, **whole) is False


@pytest.mark.breaks("overtakes-weights")
def test_a_crossing_one_token_early_or_late_is_noticed(result: Result) -> None:
    a_token = result.overtaking.token_bytes
    before, there = result.cache_bytes_before, result.cache_bytes_there
    assert (there - before, finding("overtakes-weights", result)) == (a_token, True)
    for shift in (-a_token, a_token):
        moved = {"cache_bytes_before": before + shift, "cache_bytes_there": there + shift}
        assert finding("overtakes-weights", result, **moved) is False


def test_published_models_have_their_known_sizes() -> None:
    assert [(size.name, size.weight_bytes // 2, size.token_bytes) for size in break_even.published()] == [
        ("Llama 2 7B", 6_738_415_616, 524_288),
        ("Llama 2 70B", 68_976_648_192, 327_680),
    ]


def test_the_seed_decides_what_is_written(words_of: Any, result: Result) -> None:
    model = tiny.llama(init=0.2)
    other = decoding.same_text(model, tiny.random_tokens(model, 1, 8, seed=1), 64)
    assert other.tokens != result.text.tokens
    assert len(set(result.text.tokens)) > 30, "equal tokens say little about a text of repeats"


def test_in_bfloat16_equality_is_shown_but_not_judged(words_of: Any) -> None:
    outcome = demo.run("kv-cache", words_of("kv-cache"), device="cpu", dtype="bfloat16", quick=True)
    claims = {claim.id: claim for claim in outcome.claims}
    assert claims["same-tokens"].holds is None
    assert claims["same-tokens"].why is not None
    assert claims["newest-only"].holds is True


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    """A tiny decoder and a tiny encoder, saved as a user would have them."""
    size = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4}
    LlamaForCausalLM(LlamaConfig(**size, **heads, num_key_value_heads=2)).save_pretrained(tmp_path / "decoder")
    BertForMaskedLM(BertConfig(**size, **heads)).save_pretrained(tmp_path / "encoder")
    (tmp_path / "pickle").mkdir()
    (tmp_path / "pickle/config.json").write_bytes((tmp_path / "decoder/config.json").read_bytes())
    torch.save({}, tmp_path / "pickle/pytorch_model.bin")
    return tmp_path


def test_a_checkpoint_takes_the_place_of_the_tiny_model(checkpoints: Path, words_of: Any) -> None:
    path, words = str(checkpoints / "decoder"), words_of("kv-cache")
    outcome = demo.run("kv-cache", words, device="cpu", quick=True, model=path)
    assert outcome.result.model == "LlamaForCausalLM 21.9K (L=2, d=32, V=99)"
    assert (outcome.result.text.prompt, outcome.result.written) == (8, ""), "no tokenizer, no text"
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert {claims[name] for name in ("same-tokens", "newest-only", "all-again", "bytes-by-formula")} == {True}
    assert claims["overtakes-weights"] is True
    assert outcome.result.cache_bytes_there == outcome.result.overtaking.tokens * outcome.result.overtaking.token_bytes


def test_a_cache_with_a_window_is_not_continued_in_proportion() -> None:
    size = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    model = MistralForCausalLM(MistralConfig(**size, num_attention_heads=4, num_key_value_heads=2, sliding_window=8))
    assert break_even.cache_bytes(model.eval(), 1000, filled=False) == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("encoder", r"its family is encoder \(bert\); this demo needs decoder"),
        ("nothing-here", "no such folder or file here"),
        ("pickle", "safetensors"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(checkpoints: Path, words_of: Any, name: str, message: str) -> None:
    path = str(checkpoints / name)
    with pytest.raises(DemoError, match=message):
        demo.run("kv-cache", words_of("kv-cache"), device="cpu", quick=True, model=path)


def test_a_text_of_thousands_of_tokens_is_refused(words_of: Any) -> None:
    with pytest.raises(DemoError, match="has 600 tokens; this demo takes at most 512"):
        demo.run("kv-cache", words_of("kv-cache"), device="cpu", quick=True, text="x" * 600)
