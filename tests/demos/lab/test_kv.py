"""How a model is called with a cache, whatever transformers calls it."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from transformers import (
    DynamicCache,
    EncoderDecoderCache,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from llmquiz.demos.lab import demo, kv

pytestmark = pytest.mark.demo

WIDE = {"hidden_size": 32, "num_hidden_layers": 2, "vocab_size": 50}
HEADS = {"num_attention_heads": 2, "intermediate_size": 32}
IDS = torch.arange(1, 9)[None]
CLASSES = {
    "Llama": (LlamaForCausalLM, LlamaConfig(**WIDE, **HEADS)),
    "Mixtral": (MixtralForCausalLM, MixtralConfig(**WIDE, **HEADS, num_key_value_heads=2, num_local_experts=2)),
    "GPT2": (GPT2LMHeadModel, GPT2Config(n_embd=32, n_layer=2, n_head=2, vocab_size=50)),
    "Mamba": (MambaForCausalLM, MambaConfig(**WIDE, use_mambapy=False)),
}


@pytest.mark.parametrize("name", CLASSES)
@torch.inference_mode()
def test_a_token_after_a_cache_is_the_token_after_the_text(name: str) -> None:
    """Without a warning, whatever the version: warnings are errors here."""
    model_class, config = CLASSES[name]
    torch.manual_seed(0)
    model = model_class(config).eval()
    whole = model(IDS).logits[:, -1]
    cache = DynamicCache(config=model.config)
    first = kv.call(model, IDS[:, :-1], cache=cache)
    assert kv.returned(first) is cache
    last = kv.call(model, IDS[:, -1:], cache=cache).logits[:, -1]
    torch.testing.assert_close(last, whole)


@torch.inference_mode()
def test_an_encoder_decoder_is_called_with_both_caches() -> None:
    torch.manual_seed(0)
    config = T5Config(d_model=32, d_kv=16, d_ff=32, num_layers=2, num_heads=2, vocab_size=50, decoder_start_token_id=0)
    model = T5ForConditionalGeneration(config).eval()
    encoded = model.get_encoder()(IDS)
    caches = EncoderDecoderCache(DynamicCache(config=config), DynamicCache(config=config))
    for i in range(4):
        out = kv.call(model, decoder_input_ids=IDS[:, i : i + 1], encoder_outputs=encoded, cache=caches)
    whole = model(decoder_input_ids=IDS[:, :4], encoder_outputs=encoded).logits[:, -1]
    torch.testing.assert_close(out.logits[:, -1], whole)


def test_without_a_cache_nothing_is_kept() -> None:
    model = LlamaForCausalLM(LlamaConfig(**WIDE, **HEADS)).eval()
    assert kv.returned(kv.call(model, IDS, cache=None)) is None


class New:
    def forward(self, ids: Any, cache: Any = None, past_key_values: Any = None, use_cache: bool = False) -> Any:
        return SimpleNamespace(cache=cache, old=past_key_values, used=use_cache)

    __call__ = forward


class Old:
    def forward(self, ids: Any, past_key_values: Any = None, use_cache: bool = False) -> Any:
        return SimpleNamespace(past_key_values=past_key_values, used=use_cache)

    __call__ = forward


class State:
    def forward(self, ids: Any, cache_params: Any = None, use_cache: bool = False) -> Any:
        return SimpleNamespace(cache_params=cache_params, used=use_cache)

    __call__ = forward


@pytest.mark.parametrize("model_class", [New, Old, State])
def test_each_name_of_the_argument_is_known_and_the_newest_goes_first(model_class: Any) -> None:
    cache = object()
    out = kv.call(model_class(), IDS, cache=cache)
    assert kv.returned(out) is cache
    assert out.used is True
    assert getattr(out, "old", None) is None


def test_nothing_else_in_the_demos_names_the_argument() -> None:
    named = re.compile(r"past_key_values|cache_params")
    files = [path for path in Path(demo.FOLDER).rglob("*.py") if named.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in files] == ["kv.py"]
