"""What the two caches of an encoder–decoder take: that of its own text, and that of the source."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import EncoderDecoderCache

from llmquiz.demos.lab import kv
from llmquiz.demos.lab.caching import cache_size, counting, empty_cache, gap
from llmquiz.demos.lab.results import TwoCaches


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
