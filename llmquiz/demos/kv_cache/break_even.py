"""The length from which on a cache takes more than the weights: of models in memory, and of published ones."""

from __future__ import annotations

from typing import Any

import transformers

from llmquiz.demos.kv_cache.claims import Overtaking
from llmquiz.demos.lab import caching
from llmquiz.demos.lab.counting import built
from llmquiz.demos.lab.tiny import parameters, weight_bytes


def overtaking(name: str, weights: int, a_token: int) -> Overtaking:
    """The crossing by arithmetic: weights over bytes a token, rounded up."""
    return Overtaking(name, weights, a_token, -(-weights // a_token))


def of_model(model: Any, name: str) -> Overtaking:
    """From a model in memory."""
    size = next(model.parameters()).element_size()
    return overtaking(name, weight_bytes(model), caching.formula(model.config, 1, size))


SHORT = 16
"""Tokens with which the cache of a real model is filled."""


def cache_bytes(model: Any, tokens: int, *, filled: bool) -> int:
    """What the cache takes at so many tokens: really `filled`, or a short one in proportion.

    0 where it does not grow in proportion: a window slides, or the length costs nothing.
    """
    if filled:
        return caching.cache_size_at(model, tokens)
    if any(getattr(caching.empty_cache(model), "is_sliding", ())):
        return 0
    short, longer = (caching.cache_size_at(model, length) for length in (SHORT, 2 * SHORT))
    return short * tokens // SHORT if longer == 2 * short else 0


PUBLISHED = {
    "Llama 2 7B": {"hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32},
    "Llama 2 70B": {
        "hidden_size": 8192,
        "intermediate_size": 28672,
        "num_hidden_layers": 80,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
    },
}
"""Published configurations; both have 32,000 tokens in their vocabulary."""


def published() -> tuple[Overtaking, ...]:
    """The models of `PUBLISHED` in 16 bits, built without memory for their weights."""
    crossings = []
    for name, settings in PUBLISHED.items():
        config = transformers.LlamaConfig(vocab_size=32_000, **settings)  # type: ignore[arg-type]
        weights = 2 * parameters(built(config, transformers.LlamaForCausalLM))  # 70B of them take no memory
        crossings.append(overtaking(name, weights, caching.formula(config, 1, 2)))
    return tuple(crossings)
