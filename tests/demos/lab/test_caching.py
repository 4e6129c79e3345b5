"""A model with its cache and without: the same text, at another cost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import LlamaConfig, LlamaForCausalLM, LlavaConfig

from llmquiz.demos.lab import caching, tiny

pytestmark = pytest.mark.demo

PROMPT, NEW = 5, 7


def _model(**options: Any) -> Any:
    return tiny.llama(d_model=64, n_layers=3, n_heads=4, init=0.3, **options)


@pytest.mark.parametrize("name", ["llama", "gpt2", "mamba"])
def test_a_step_gives_the_last_position_of_every_text(name: str) -> None:
    model = getattr(tiny, name)(d_model=32, n_layers=2)
    ids = tiny.random_tokens(model, 2, 6, seed=0)
    torch.testing.assert_close(caching.step(model, ids), model(ids).logits[:, -1])


class Whole:
    """A model that cannot leave out the head at any position."""

    def forward(self, ids: Any, past_key_values: Any = None, use_cache: bool = False) -> Any:
        return SimpleNamespace(logits=ids[..., None])

    __call__ = forward


def test_a_model_that_gives_every_position_can_take_a_step_too() -> None:
    assert caching.step(Whole(), torch.tensor([[1, 2, 3], [4, 5, 6]])).tolist() == [[3], [6]]


def test_the_head_is_computed_for_the_last_position_alone_where_that_can_be() -> None:
    model = _model()
    with caching.counting(model.lm_head) as positions:
        caching.step(model, tiny.random_tokens(model, 2, 6, seed=0))
    assert positions == [2]


def test_a_step_leaves_its_keys_and_values_in_the_cache() -> None:
    model, ids = _model(), tiny.random_tokens(_model(), 1, 9, seed=0)
    cache = caching.empty_cache(model)
    caching.step(model, ids[:, :4], cache)
    torch.testing.assert_close(caching.step(model, ids[:, 4:], cache), caching.step(model, ids))
    assert cache.get_seq_length() == ids.shape[1]


@pytest.mark.parametrize("heads", [4, 2, 1], ids=["MHA", "GQA", "MQA"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_cache_takes_the_bytes_of_the_formula(heads: int, dtype: str) -> None:
    model = _model(n_kv_heads=heads, dtype=dtype)
    cache = caching.empty_cache(model)
    caching.step(model, tiny.random_tokens(model, 3, 10, seed=0), cache)
    assert caching.cache_size(cache) == 3 * caching.formula(model.config, 10, model.dtype.itemsize)


@pytest.mark.parametrize("name", ["gpt2", "t5"])
def test_the_formula_reads_a_configuration_whose_fields_have_other_names(name: str) -> None:
    """Where every head has its own keys and values, and all heads together are as wide as the model."""
    config = getattr(tiny, name)(d_model=32, n_layers=2, n_heads=4).config
    assert caching.formula(config, 10, 2) == 2 * 2 * 32 * 10 * 2


def test_the_formula_takes_the_width_of_a_head_as_it_is_given() -> None:
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16}
    config = LlamaConfig(hidden_size=32, intermediate_size=32, num_hidden_layers=2, vocab_size=50, **heads)
    model = LlamaForCausalLM(config).eval().requires_grad_(False)
    cache = caching.empty_cache(model)
    caching.step(model, torch.ones(1, 6, dtype=torch.long), cache)
    assert caching.cache_size(cache) == caching.formula(config, 6, 4)


def test_the_formula_of_a_model_that_also_sees_is_that_of_its_text_part() -> None:
    text = LlamaConfig(hidden_size=32, intermediate_size=32, num_hidden_layers=3, num_attention_heads=4)
    assert caching.formula(LlavaConfig(text_config=text), 10, 4) == caching.formula(text, 10, 4)


def test_a_gap_is_relative_to_the_largest_of_the_second() -> None:
    a, b = torch.tensor([[1.0, -3.0]]), torch.tensor([[2.0, -8.0]])
    assert (caching.gap(a, b), caching.gap(b, a)) == (5 / 8, pytest.approx(5 / 3))
    assert caching.gap(a, a) == 0


def test_counting_ends_where_it_is_left_also_by_an_error() -> None:
    model, ids = _model(), tiny.random_tokens(_model(), 2, 3, seed=0)

    def fails() -> None:
        model(ids)
        raise ZeroDivisionError

    counted = (model.get_input_embeddings(), model.model.layers[0].mlp)
    with pytest.raises(ZeroDivisionError), caching.counting(*counted) as positions:
        fails()
    model(ids)
    assert positions == [ids.numel()] * len(counted)


@pytest.mark.parametrize("cached", [True, False])
def test_it_writes_what_generate_writes(cached: bool) -> None:
    model, prompt = _model(), tiny.random_tokens(_model(), 1, PROMPT, seed=1)
    wrote = caching.decode(model, prompt, NEW, cached=cached)
    expected = model.generate(prompt, max_new_tokens=NEW, do_sample=False)[:, PROMPT:]
    assert torch.equal(wrote.tokens, expected)
    assert torch.equal(wrote.logits.argmax(-1)[None], wrote.tokens)
    assert (wrote.logits.shape, len(wrote.seconds)) == ((NEW, tiny.VOCAB), NEW)


def test_only_without_a_cache_is_everything_read_again() -> None:
    model, prompt = _model(), tiny.random_tokens(_model(), 1, PROMPT, seed=1)
    reads, caches = [], []
    for cached in (True, False):
        with caching.counting(model.get_input_embeddings()) as positions:
            caches.append(caching.decode(model, prompt, NEW, cached=cached).cache)
        reads.append(positions)
    assert reads == [[PROMPT] + [1] * (NEW - 1), list(range(PROMPT, PROMPT + NEW))]
    held = caching.formula(model.config, PROMPT + NEW - 1, model.dtype.itemsize)
    assert (caching.cache_size(caches[0]), caches[1]) == (held, None), "the last token was written, and not read"


@pytest.mark.parametrize("length", [1, 512, 700])
def test_the_size_after_so_many_tokens_is_that_of_the_formula(length: int) -> None:
    model = tiny.llama(d_model=32, n_layers=2, n_heads=2)
    assert caching.cache_size_at(model, length) == caching.formula(model.config, length, 4)


@pytest.mark.parametrize("name", ["llama", "gpt2"])
def test_what_is_written_is_what_generate_writes(name: str) -> None:
    model = getattr(tiny, name)(d_model=32, n_layers=2, init=0.3)
    prompt = tiny.random_tokens(model, 2, PROMPT, seed=0)
    expected = model.generate(prompt, max_new_tokens=NEW, do_sample=False, pad_token_id=0)[:, PROMPT:]
    assert torch.equal(caching.written(model, prompt, NEW), expected)


def test_prefixes_apart_and_steps_over_a_cache_give_the_logits_of_one_pass() -> None:
    model = _model(dtype="float64")
    ids = tiny.random_tokens(model, 1, 6, seed=0)
    for logits in (caching.apart_of(model, ids), caching.stepwise(model, ids)):
        torch.testing.assert_close(logits, model(ids).logits[0])
