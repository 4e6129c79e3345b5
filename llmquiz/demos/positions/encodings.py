"""Five ways to tell the same Llama where a token stands.

Llama's own way is to rotate queries and keys (RoPE; Su et al., 2021). For the others the rotation is by no angle at
all, and positions come in as a learned or a sinusoidal vector added to the embeddings (Vaswani et al., 2017), as a
penalty on the scores (ALiBi; Press et al., 2021), or not. All else is the same.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.devices import seeded
from llmquiz.demos.positions.claims import TRAINED
from llmquiz.demos.positions.language import LETTERS

BASE = 10_000.0
"""Of the wavelengths, in RoPE and in sinusoids."""
INIT = 0.02
"""Standard deviation of fresh embeddings."""


class Unturned(nn.Module):
    """Stands in the place of the rotary embedding, and turns nothing."""

    def forward(self, x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        """The cosine (1) and the sine (0) of no angle, for each position; they fit any width."""
        cos = x.new_ones(1, position_ids.shape[-1], 1)  # (1, T, 1)
        return cos, torch.zeros_like(cos)


def untrained(way: str, seed: int) -> Any:
    """The model before its training."""
    model = tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=len(LETTERS),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=TRAINED,
        initializer_range=INIT,
        bos_token_id=None,
        eos_token_id=None,
    )
    if way != "rope":
        model.model.rotary_emb = Unturned()
    if way == "learned":
        # drawn after all other weights, and from the seed anew: the rest is the same in every way
        with seeded(seed):
            model.table = nn.Embedding(TRAINED, model.config.hidden_size)  # (TRAINED, D)
            nn.init.normal_(model.table.weight, std=INIT)
    return model


def logits(way: str, model: Any, ids: Tensor) -> Tensor:
    """Of every next letter after ids (B, T): (B, T, V)."""
    embeddings = model.get_input_embeddings()(ids)  # (B, T, D)
    positions = added(way, model, torch.arange(ids.shape[1], device=ids.device))  # (T, D)
    if positions is not None:
        embeddings = embeddings + positions.to(embeddings.dtype)  # (B, T, D)
    # a mask of one's own takes the place of the causal one, so ALiBi's shuts out the future too
    mask = penalties(ids.shape[1], model.config.num_attention_heads).to(embeddings) if way == "alibi" else None
    of_letters: Tensor = model(inputs_embeds=embeddings, attention_mask=mask, use_cache=False).logits  # (B, T, V)
    return of_letters


def added(way: str, model: Any, positions: Tensor) -> Tensor | None:
    """What is added to the embeddings at these positions (T,): (T, D); None for the ways that add nothing.

    Behind the end of a learned table it is its last row.
    """
    if way == "learned":
        rows: Tensor = model.table(positions.clamp(max=TRAINED - 1))  # (T, D)
        return rows
    if way == "sinusoidal":
        # a sine has a standard deviation of 1/√2: scaled to that of the embeddings
        return 2**0.5 * INIT * sinusoids(positions, model.config.hidden_size)  # (T, D)
    return None


def sinusoids(positions: Tensor, width: int) -> Tensor:
    """Sines and cosines of geometric wavelengths, (T, width)."""
    rates = BASE ** (-torch.arange(0, width, 2, device=positions.device) / width)  # (width / 2,)
    angles = positions[:, None] * rates  # (T, width / 2)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(1)  # (T, width / 2, 2) -> (T, width)


def penalties(length: int, heads: int) -> Tensor:
    """ALiBi as an additive mask (1, H, T, T): minus slope times distance, the future shut out.

    Slopes are 2^(-8h/H), as published: with four heads 1/4 to 1/256.
    """
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1) / heads)  # (H,)
    distance = torch.arange(length)[:, None] - torch.arange(length)  # (T, T): query minus key
    by_head = -slopes[:, None, None] * distance  # (H, T, T)
    return by_head.masked_fill(distance < 0, -torch.inf)[None]  # (1, H, T, T)
