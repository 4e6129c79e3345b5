"""What caches take: the two of an encoder–decoder, and the length at which a cache outgrows the weights."""

from __future__ import annotations

from typing import Any

import torch
import transformers
from torch import Tensor
from transformers import EncoderDecoderCache

from llmquiz.demos.lab import kv
from llmquiz.demos.lab.caching import cache_size, counting, empty_cache, formula, gap, step
from llmquiz.demos.lab.results import Overtaking, TwoCaches
from llmquiz.demos.lab.tiny import parameters, random_tokens, weight_bytes


@torch.inference_mode()
def two_caches(model: Any, source: Tensor, target: Tensor) -> TwoCaches:
    """Feed one token of `target` (1, T) at a time, the encoder's states of `source` (1, S) with each."""
    config, caches = model.config, EncoderDecoderCache(empty_cache(model), empty_cache(model))
    encoded = model.get_encoder()(source)  # its last_hidden_state is (1, S, C)
    # a key of cross-attention is projected once where it is kept, at every step where it is not
    with counting(*(block.layer[1].EncDecAttention.k for block in model.decoder.block)) as projected:
        for i in range(target.shape[1]):
            fed = target[:, i : i + 1]  # (1, 1)
            out = kv.call(model, decoder_input_ids=fed, encoder_outputs=encoded, cache=caches)
    parallel = model(decoder_input_ids=target, encoder_outputs=encoded).logits[:, -1]  # (1, V)
    S, T, layers = source.shape[1], target.shape[1], config.num_decoder_layers
    a_token_and_layer = 2 * config.num_heads * config.d_kv * parallel.element_size()
    return TwoCaches(
        source=S,
        target=T,
        layers=layers,
        self_bytes=cache_size(caches.self_attention_cache),
        self_bytes_formula=layers * T * a_token_and_layer,
        cross_bytes=cache_size(caches.cross_attention_cache),
        cross_bytes_formula=layers * S * a_token_and_layer,
        cross_positions=sum(projected),
        same_depth_bytes=(layers + config.num_layers) * (S + T) * a_token_and_layer,
        gap=gap(out.logits[:, -1], parallel),
    )


def overtaking(name: str, weights: int, a_token: int) -> Overtaking:
    """The crossing by arithmetic: weights over bytes a token, rounded up."""
    return Overtaking(name, weights, a_token, -(-weights // a_token))


@torch.inference_mode()
def cache_bytes_at(model: Any, length: int) -> int:
    """Bytes of the cache after `length` tokens, measured."""
    cache = empty_cache(model)
    ids = random_tokens(model, 1, length, seed=0)  # (1, T)
    for start in range(0, length, 512):  # in pieces: less memory
        step(model, ids[:, start : start + 512], cache)
    return cache_size(cache)


def of_model(model: Any, name: str) -> Overtaking:
    """From a model in memory."""
    size = next(model.parameters()).element_size()
    return overtaking(name, weight_bytes(model), formula(model.config, 1, size))


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
        with torch.device("meta"):  # shapes only: 70B parameters take no memory
            weights = 2 * parameters(transformers.LlamaForCausalLM(config))
        crossings.append(overtaking(name, weights, formula(config, 1, 2)))
    return tuple(crossings)
