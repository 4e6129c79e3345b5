"""The model that every process builds for itself, the same in all of them, and its loss."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.parallelism.claims import LAYERS, LENGTH, WIDTH

FEED_FORWARD, HEADS, VOCAB = 344, 4, 256


def build(seed: int, device: str, dtype: str) -> Any:
    """A small Llama; the same weights in every process."""
    return tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device=device,
        dtype=dtype,
        vocab_size=VOCAB,
        hidden_size=WIDTH,
        intermediate_size=FEED_FORWARD,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=LENGTH,
    )


def loss_of(logits: Tensor, ids: Tensor) -> Tensor:
    """Mean cross-entropy of every next token: logits (B, T, V), ids (B, T)."""
    # (B, T - 1, V) and (B, T - 1): the last position has nothing to predict; then all tokens of the batch in a row
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
