"""The models of this demo that are its own to change, with random weights."""

from __future__ import annotations

from typing import Any

from transformers import BertModel, LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.lab import tiny

Settings = dict[str, Any]
"""Seed, device and dtype, as `tiny.build` takes them; further ones are those of the class's configuration."""
WIDE = 0.2
"""Standard deviation of the weights: with the usual 0.02 another order of words hardly moves one layer's output."""


def llama(layers: int, settings: Settings) -> Any:
    """A decoder with rotary positions."""
    return tiny.build(
        LlamaForCausalLM,
        vocab_size=tiny.VOCAB,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        initializer_range=WIDE,
        **settings,
    )


def bert(settings: Settings) -> Any:
    """An encoder with learned positions; a decoder where the settings say `is_decoder`."""
    return tiny.build(
        BertModel,
        vocab_size=tiny.VOCAB,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        initializer_range=WIDE,
        **settings,
    )


def t5(settings: Settings) -> Any:
    """An encoder–decoder with biases for the distance of two positions."""
    return tiny.build(
        T5ForConditionalGeneration,
        vocab_size=tiny.VOCAB,
        d_model=64,
        d_kv=16,
        d_ff=128,
        num_layers=4,
        num_heads=4,
        dropout_rate=0.0,
        decoder_start_token_id=0,
        **settings,
    )


def t5_that_shows_weights(*, device: str, dtype: str) -> Any:
    """As wide as the decoder and the encoder whose attention is shown beside it."""
    model = tiny.build(
        T5ForConditionalGeneration,
        seed=0,
        device=device,
        dtype=dtype,
        vocab_size=tiny.VOCAB,
        d_model=256,
        d_kv=64,
        d_ff=1024,
        num_layers=4,
        num_heads=4,
        dropout_rate=0.0,
        decoder_start_token_id=0,
        eos_token_id=None,
        attn_implementation="eager",
    )
    return model.requires_grad_(False)


def without_positions(model: Any) -> None:
    """Take all knowledge of positions out of a model, save what a causal mask gives away."""
    if isinstance(model, LlamaForCausalLM):
        model.model.rotary_emb.inv_freq.zero_()  # every rotation is by an angle of 0
    elif isinstance(model, BertModel):
        model.embeddings.position_embeddings.weight.zero_()
    else:
        for stack in (model.encoder, model.decoder):  # the first layer's biases serve all layers
            stack.block[0].layer[0].SelfAttention.relative_attention_bias.weight.zero_()
