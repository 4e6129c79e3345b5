"""Sentence vectors from one block with and without the causal mask.

Five models of one shape, one number of weights and one initialisation: they read to both sides or only to the left, and
the vector is the mean of all states or the last one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.retrieval.vocabulary import WORDS


class Reader(NamedTuple):
    """How a model reads, and what of it is the sentence's vector."""

    both_sides: bool
    mean: bool
    """Of all states; else the last one."""
    contrastive: bool = True
    """Trained for its vectors; else to fill in masked words, and its mean taken as it is."""


READERS = {
    "encoder": Reader(both_sides=True, mean=True),
    "decoder": Reader(both_sides=False, mean=False),
    "encoder-last": Reader(both_sides=True, mean=False),
    "decoder-mean": Reader(both_sides=False, mean=True),
    "encoder-raw": Reader(both_sides=True, mean=True, contrastive=False),
}
CONTRASTIVE = tuple(name for name, reader in READERS.items() if reader.contrastive)
WIDTH, LAYERS = 48, 2


def untrained(name: str, seed: int) -> Any:
    """The model before its training; of one seed all five are the same."""
    assert name in READERS
    return tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=len(WORDS),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=64,
        rope_parameters={"rope_type": "default", "rope_theta": 100.0},
        initializer_range=0.1,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )


def states(name: str, model: Any, ids: Tensor) -> Tensor:
    """Those of the last layer: ids (N, T) -> (N, T, d)."""
    N, T = ids.shape
    # without a mask of ours, the class masks what is to the right
    mask = tiny.open_mask(model, N, T) if READERS[name].both_sides else None  # (N, 1, T, T)
    hidden: Tensor = model.model(ids.to(model.device), attention_mask=mask, use_cache=False).last_hidden_state
    return hidden


def vectors(name: str, model: Any, ids: Tensor) -> Tensor:
    """Of sentences (N, T), of length 1: (N, d)."""
    hidden = states(name, model, ids)  # (N, T, d)
    return F.normalize(hidden.mean(1) if READERS[name].mean else hidden[:, -1], dim=-1)
