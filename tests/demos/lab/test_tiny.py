"""Tiny models by name."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import tiny

pytestmark = pytest.mark.demo

SMALL = {"d_model": 32, "n_layers": 1}


def _weights_seen(model: Any, ids: Any, **options: Any) -> Any:
    """How each position attends to each, (T, T), in the first head of the first layer."""
    return model(ids, output_attentions=True, **options).attentions[0][0, 0]


def test_models_are_built_once_from_the_seed_alone_and_shared() -> None:
    torch.manual_seed(1)
    first = tiny.llama(**SMALL)
    assert tiny.llama(**SMALL) is first
    tiny.llama.cache_clear()
    torch.manual_seed(2)
    again = tiny.llama(**SMALL)
    assert again is not first
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    reseeded = tiny.llama(**SMALL, seed=1)
    assert not torch.equal(first.lm_head.weight, reseeded.lm_head.weight)


@pytest.mark.parametrize(
    ("name", "options"),
    [("llama", {}), ("gpt2", {}), ("bert", {}), ("bert", {"head": True}), ("t5", {}), ("mamba", {})],
)
def test_every_tiny_model_reads_bytes_and_may_be_shared(name: str, options: dict[str, bool]) -> None:
    model = getattr(tiny, name)(**SMALL, **options)
    assert tiny.random_tokens(model, 2, 5, seed=0).shape == (2, 5)
    assert "V=256" in tiny.describe(model)
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())
    getattr(tiny, name).cache_clear()
    assert getattr(tiny, name)(**SMALL, **options) is not model


def test_what_is_asked_of_a_model_reaches_it() -> None:
    d = SMALL["d_model"]
    whole, grouped = (tiny.llama(**SMALL, n_heads=4, n_kv_heads=heads) for heads in (4, 1))
    assert tiny.parameters(whole) - tiny.parameters(grouped) == 2 * d * (d - d // 4)
    assert tiny.describe(tiny.bert(**SMALL, head=True)).startswith("BertForMaskedLM ")
    assert tiny.describe(tiny.bert(**SMALL)).startswith("BertModel ")
    t5 = tiny.t5(**SMALL, n_heads=8)
    assert t5.encoder.block[0].layer[0].SelfAttention.q.weight.shape == (d, d)


def test_what_is_built_is_the_callers_own() -> None:
    settings = {"vocab_size": 50, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1}
    place = {"seed": 0, "device": "cpu", "dtype": "float64"}
    state = torch.random.get_rng_state()
    first, second = (tiny.build(LlamaForCausalLM, **place, **settings, num_attention_heads=2) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(first.lm_head.weight, second.lm_head.weight)
    assert first is not second
    assert (first.training, first.dtype) == (False, torch.float64)
    assert all(p.requires_grad for p in first.parameters())


def test_both_stacks_of_a_t5_attend_as_they_are_told() -> None:
    model = tiny.t5(**SMALL)
    ids = tiny.random_tokens(model, 1, 4, seed=0)
    before = model.config._attn_implementation
    try:
        tiny.attend(model, "eager")
        output = model(ids, decoder_input_ids=ids, output_attentions=True)
    finally:
        tiny.attend(model, before)
    for field in ("encoder_attentions", "decoder_attentions", "cross_attentions"):
        assert [layer.shape[-2:] for layer in getattr(output, field)] == [(4, 4)]


@pytest.mark.parametrize("d_model", [8, 24, 32, 64, 250, 256])
def test_a_gated_layer_has_the_parameters_of_a_plain_one(d_model: int) -> None:
    """Three matrices against two of 4 d: no fewer, and less than eight rows a matrix more."""
    width = tiny.swiglu_width(d_model)
    assert width % 8 == 0
    assert 0 <= 3 * width - 8 * d_model < 3 * 8


def test_a_shared_matrix_is_counted_once() -> None:
    tied, vocab = tiny.gpt2(**SMALL), 200
    fewer = tiny.gpt2(**SMALL, vocab=vocab)
    assert tiny.parameters(tied) - tiny.parameters(fewer) == (tiny.VOCAB - vocab) * 32
    untied = tiny.parameters(tiny.llama(**SMALL)) - tiny.parameters(tiny.llama(**SMALL, vocab=vocab))
    assert untied == 2 * (tiny.VOCAB - vocab) * 32


def test_weights_take_the_bytes_of_their_number_format() -> None:
    for dtype, size in (("float32", 4), ("bfloat16", 2)):
        model = tiny.llama(**SMALL, dtype=dtype)
        assert tiny.weight_bytes(model) == size * tiny.parameters(model)


def test_a_model_is_described_by_class_and_sizes() -> None:
    assert tiny.describe(tiny.gpt2(d_model=32, n_layers=3, vocab=300)).startswith("GPT2LMHeadModel ")
    assert tiny.describe(tiny.gpt2(d_model=32, n_layers=3, vocab=300)).endswith(" (L=3, d=32, V=300)")


def test_tokens_are_drawn_from_the_seed_alone_and_are_no_padding() -> None:
    model = tiny.llama(**SMALL, vocab=4)
    state = torch.random.get_rng_state()
    ids = tiny.random_tokens(model, 3, 40, seed=5)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.rand(1)
    assert torch.equal(tiny.random_tokens(model, 3, 40, seed=5), ids)
    assert not torch.equal(tiny.random_tokens(model, 3, 40, seed=6), ids)
    assert set(ids.flatten().tolist()) == {1, 2, 3}


def test_behind_an_open_mask_a_decoder_sees_what_follows() -> None:
    model = tiny.llama(**SMALL, attention="eager")
    ids = tiny.random_tokens(model, 2, 5, seed=0)
    assert torch.equal(_weights_seen(model, ids).triu(1), torch.zeros(5, 5))
    assert bool((_weights_seen(model, ids, attention_mask=tiny.open_mask(model, 2, 5)) > 0).all())
