"""Models on the meta device."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import BartConfig, BartForConditionalGeneration, LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.lab import counting, tiny

pytestmark = pytest.mark.demo

NAMES = ("llama", "gpt2", "bert", "t5", "mamba")
every_model = pytest.mark.parametrize("name", NAMES)


def _model(name: str, layers: int = 3) -> Any:
    return getattr(tiny, name)(d_model=32, n_layers=layers)


@every_model
def test_a_model_without_memory_is_counted_like_that_in_memory(name: str) -> None:
    model = _model(name)
    on_meta = counting.built(model.config, type(model))
    assert tiny.parameters(on_meta) == tiny.parameters(model)
    assert {p.device.type for p in on_meta.parameters()} == {"meta"}
    assert not on_meta.training


@every_model
def test_a_shallow_configuration_is_that_of_a_model_with_fewer_layers(name: str) -> None:
    config = _model(name).config
    cut = counting.shallow(config, 1)
    assert (counting.depth(cut), counting.depth(config)) == (1, 3), "the configuration given stays as it is"
    cut_model = counting.built(cut, type(_model(name)))
    assert tiny.parameters(cut_model) == tiny.parameters(_model(name, layers=1))


def test_a_shallow_encoder_decoder_is_so_on_both_sides_whatever_its_fields_are_called() -> None:
    """BART's are `encoder_layers` and `decoder_layers`."""
    config = BartConfig(d_model=32, encoder_layers=3, decoder_layers=3, encoder_ffn_dim=32, decoder_ffn_dim=32)
    model = counting.built(counting.shallow(config, 2), BartForConditionalGeneration).model
    assert (len(model.encoder.layers), len(model.decoder.layers)) == (2, 2)


def test_the_depth_of_an_encoder_decoder_is_that_of_its_decoder() -> None:
    config = T5ForConditionalGeneration.config_class(num_layers=2, num_decoder_layers=5)
    assert counting.depth(config) == 5


def test_with_an_open_mask_a_model_without_values_can_be_called() -> None:
    model = counting.built(_model("llama").config, LlamaForCausalLM)
    ids = torch.ones(1, 7, dtype=torch.long, device="meta")
    mask = counting.open_mask(7)
    assert mask.shape == (1, 1, 7, 7)
    logits = model(ids, attention_mask=mask).logits
    assert (logits.shape, logits.device.type) == ((1, 7, tiny.VOCAB), "meta")


def test_operations_are_two_for_each_weight_and_token() -> None:
    weight = torch.ones(5, 7)
    assert counting.operations(lambda: torch.ones(3, 5) @ weight) == 2 * 3 * 5 * 7
    assert counting.operations(lambda: None) == 0


def test_products_of_two_activations_are_told_from_those_with_weights() -> None:
    assert counting.of_two_activations(torch.ops.aten.bmm)
    assert counting.of_two_activations(torch.ops.aten._scaled_dot_product_flash_attention)
    assert not counting.of_two_activations(torch.ops.aten.addmm)
