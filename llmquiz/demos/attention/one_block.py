"""One block for encoder and decoder: the same weights, with the causal mask and without it."""

from __future__ import annotations

import torch
from torch import Tensor

from llmquiz.demos.attention import models
from llmquiz.demos.attention.result import OneBlock
from llmquiz.demos.lab import caching, tiny


@torch.inference_mode()
def one_block(ids: Tensor, seed: int, *, device: str, dtype: str) -> OneBlock:
    """BERT as an encoder and in its decoder mode, on ids (1, n); of one seed both have the same weights."""
    encoder = models.bert({"seed": seed, "device": device, "dtype": dtype})
    decoder = models.bert({"seed": seed, "device": device, "dtype": dtype, "is_decoder": True})
    by_encoder = encoder(ids).last_hidden_state  # (1, n, C)
    masked = decoder(ids, use_cache=False).last_hidden_state  # (1, n, C)
    opened = decoder(
        ids, attention_mask=tiny.open_mask(encoder, *ids.shape), use_cache=False
    ).last_hidden_state  # (1, n, C)
    return OneBlock(
        parameters_encoder=tiny.parameters(encoder),
        parameters_decoder=tiny.parameters(decoder),
        masked=caching.gap(masked, by_encoder),
        opened=caching.gap(opened, by_encoder),
    )
