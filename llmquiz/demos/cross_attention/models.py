"""The models of this demo: T5 as the encoder–decoder, and Llamas of equal width beside it.

With width d a self-attention has 4 d² parameters, a feed-forward part 8 d², a cross-attention 4 d². A decoder of 14
layers has as many parameters as 6 layers of encoder and 6 of decoder; one of 7 layers does as much work for a token.
"""

from __future__ import annotations

from typing import Any

from transformers import LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.cross_attention.result import LAYERS
from llmquiz.demos.lab import tiny

EQUAL_PARAMETERS = 14
"""Layers of the decoder: 6 · 12 d² + 6 · 16 d² = 14 · 12 d²."""
EQUAL_WORK = 7
"""A token of the source meets 12 d² + 2 d² a layer (its cross-attention keys and values), one of the target 14 d²."""

KindNames = dict[str, tuple[str, ...]]
"""Of each kind of module: the last words of the names under which it stands in a model."""
T5_NAMES: KindNames = {"self": ("SelfAttention",), "cross": ("EncDecAttention",), "ffn": ("DenseReluDense",)}
LLAMA_NAMES: KindNames = {"self": ("self_attn",), "cross": (), "ffn": ("mlp",)}


def encoder_decoder(d_model: int, n_heads: int, *, device: str, dtype: str) -> Any:
    """The T5 of `LAYERS` layers a side, kept between calls."""
    return tiny.t5(d_model=d_model, n_layers=LAYERS, n_heads=n_heads, device=device, dtype=dtype)


def decoder(d_model: int, n_heads: int, layers: int, *, device: str, dtype: str) -> Any:
    """A Llama whose layers have 4 d² in attention and 8 d² in the feed-forward part, as those of the encoder."""
    return tiny.build(
        LlamaForCausalLM,
        vocab_size=tiny.VOCAB,
        hidden_size=d_model,
        intermediate_size=8 * d_model // 3,  # three matrices where T5 has two of 4 d
        num_hidden_layers=layers,
        num_attention_heads=n_heads,
        num_key_value_heads=n_heads,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
        seed=0,
        device=device,
        dtype=dtype,
    ).requires_grad_(False)


def trainable(seed: int, *, device: str, dtype: str) -> Any:
    """A small encoder–decoder that takes gradients."""
    return tiny.build(
        T5ForConditionalGeneration,
        vocab_size=tiny.VOCAB,
        d_model=64,
        d_kv=16,
        d_ff=256,
        num_layers=2,
        num_heads=4,
        decoder_start_token_id=0,
        seed=seed,
        device=device,
        dtype=dtype,
    )


def is_pair(model: Any) -> bool:
    """Whether it has an encoder beside its decoder."""
    return hasattr(model, "encoder")


def modules_of(kind: str, model: Any) -> list[Any]:
    """All modules of one kind in a model."""
    names = (T5_NAMES if is_pair(model) else LLAMA_NAMES)[kind]
    return [module for path, module in model.named_modules() if path.split(".")[-1] in names]
