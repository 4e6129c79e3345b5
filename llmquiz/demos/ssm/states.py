"""A state of fixed size beside a cache that grows: what each holds in bytes, and that a step continues a pass."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import JambaForCausalLM

from llmquiz.demos.lab import caching, kv, tiny
from llmquiz.demos.ssm.result import CacheBytes, Hybrid


@torch.inference_mode()
def read(model: Any, ids: Tensor) -> tuple[Tensor, Any]:
    """Logits of the last position (1, V), and the cache after the text (1, T)."""
    out = model(ids, use_cache=True, logits_to_keep=1)
    return out.logits[:, -1], kv.returned(out)


@torch.inference_mode()
def step(model: Any, ids: Tensor, cache: Any) -> Tensor:
    """Logits (1, V) after one more token, ids (1, 1); the state moves on."""
    return caching.step(model, ids, cache)


def by_steps(model: Any, ids: Tensor) -> float:
    """Largest difference between one pass over the text (1, T) and one step a token, relative to the largest logit."""
    whole, _ = read(model, ids)  # (1, V)
    logits, cache = read(model, ids[:, :1])  # (1, V)
    for i in range(1, ids.shape[1]):
        logits = step(model, ids[:, i : i + 1], cache)  # (1, V)
    return caching.gap(logits, whole)


def cache_bytes(cache: Any) -> CacheBytes:
    """Bytes by kind, over all layers."""
    state = growing = 0
    for layer in cache.layers:
        if hasattr(layer, "recurrent_states"):
            # of a layer of Mamba: (B, inner width, state size), and the inputs that the convolution looks back on
            state += layer.recurrent_states[0].nbytes + layer.conv_states[0].nbytes
        if getattr(layer, "keys", None) is not None:
            growing += layer.keys.nbytes + layer.values.nbytes  # of a layer of attention: (B, H, T, d) each
    return CacheBytes(state, growing)


def state_formula(config: Any, bytes_each: int) -> int:
    """Layers · inner width · (state, always in float32, and the inputs that the convolution looks back on)."""
    width = config.hidden_size * config.expand
    return int(config.num_hidden_layers * width * (config.state_size * 4 + config.conv_kernel * bytes_each))


def hybrid(device: str, dtype: str, tokens: int, seed: int, *, every: int = 8) -> Hybrid:
    """One layer in `every` is attention; without experts, which change nothing about what is kept."""
    model = tiny.build(
        JambaForCausalLM,
        seed=0,
        device=device,
        dtype=dtype,
        vocab_size=tiny.VOCAB,
        hidden_size=128,
        intermediate_size=344,
        num_hidden_layers=8,
        num_attention_heads=4,
        num_key_value_heads=4,
        attn_layer_period=every,
        attn_layer_offset=every // 2,
        num_experts=1,
        num_experts_per_tok=1,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    _, cache = read(model, tiny.random_tokens(model, 1, tokens, seed=seed))
    kinds = list(model.config.layer_types)
    all_attention = caching.formula(model.config, tokens, next(model.parameters()).element_size())
    return Hybrid(
        model=tiny.describe(model),
        layers=len(kinds),
        attention_layers=kinds.count("full_attention"),
        tokens=tokens,
        kept=cache_bytes(cache),
        all_attention=all_attention,
    )
