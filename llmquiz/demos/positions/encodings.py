"""Five ways to tell the same Llama where a token stands, and three ways to stretch one of them afterwards.

Llama's own way is to rotate queries and keys (Su et al., 2021). For the others the rotation is by no angle at all, and
positions come in as a learned or a sinusoidal vector added to the embeddings (Vaswani et al., 2017), as a penalty on
the scores (ALiBi; Press et al., 2021), or not. All else is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.devices import seeded
from llmquiz.demos.positions import language

WAYS = ("learned", "sinusoidal", "rope", "alibi", "none")
TRAINED = 48
"""Letters a text in the training."""
BASE = 10_000.0
INIT = 0.02
"""Standard deviation of fresh embeddings."""
LAST = 24
"""Letters at the end of a text over which a loss is averaged: the same ones, however much of the text is shown."""
STRETCHES = ("PI", "NTK", "NTK 4", "YaRN")
"""Position interpolation, NTK as far as the length asks for, NTK about four times as far, YaRN."""


class Unturned(nn.Module):
    """Stands in the place of the rotary embedding, and turns nothing."""

    def forward(self, x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        """The cosine (1) and the sine (0) of no angle, for each position; they fit any width."""
        one = x.new_ones(1, position_ids.shape[-1], 1)
        return one, torch.zeros_like(one)


def untrained(way: str, seed: int) -> Any:
    """The model before its training."""
    model = tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=len(language.LETTERS),
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
        with seeded(seed):
            model.table = nn.Embedding(TRAINED, model.config.hidden_size)
            nn.init.normal_(model.table.weight, std=INIT)
    return model


def logits(way: str, model: Any, ids: Tensor) -> Tensor:
    """Of every next letter, (B, T, V)."""
    vectors = model.get_input_embeddings()(ids)  # (B, T, D)
    added = placed(way, model, torch.arange(ids.shape[1], device=ids.device))
    if added is not None:
        vectors = vectors + added.to(vectors.dtype)
    mask = penalties(ids.shape[1], model.config.num_attention_heads).to(vectors) if way == "alibi" else None
    found: Tensor = model(inputs_embeds=vectors, attention_mask=mask, use_cache=False).logits
    return found


def placed(way: str, model: Any, positions: Tensor) -> Tensor | None:
    """What is added to the embeddings at these positions, (T, D); behind the end of a learned table its last row."""
    if way == "learned":
        rows: Tensor = model.table(positions.clamp(max=TRAINED - 1))
        return rows
    if way == "sinusoidal":
        return 2**0.5 * INIT * sinusoids(positions, model.config.hidden_size)
    return None


def sinusoids(positions: Tensor, width: int) -> Tensor:
    """Sines and cosines of geometric wavelengths, (T, width)."""
    angles = positions[:, None] * BASE ** (-torch.arange(0, width, 2, device=positions.device) / width)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(1)


def penalties(length: int, heads: int) -> Tensor:
    """ALiBi as an additive mask (1, H, T, T): minus slope times distance, the future shut out.

    Slopes are 2^(-8h/H), as published: with four heads 1/4 to 1/256.
    """
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1) / heads)
    distance = torch.arange(length)[:, None] - torch.arange(length)  # (T, T)
    return (-slopes[:, None, None] * distance).masked_fill(distance < 0, -torch.inf)[None]


@contextmanager
def stretched(model: Any, how: str, factor: float) -> Iterator[None]:
    """Inside, the model's rotary embedding is one of the class's own for texts `factor` times as long as trained.

    NTK is transformers' `dynamic`, whose base follows the length of each text: its own factor of 1 makes the slowest
    angle end where it ended in training, 4 goes further.
    """
    settings: dict[str, Any] = {"rope_theta": BASE}
    match how:
        case "PI":
            settings |= {"rope_type": "linear", "factor": factor}
        case "YaRN":
            settings |= {"rope_type": "yarn", "factor": factor, "original_max_position_embeddings": TRAINED}
        case _:
            settings |= {"rope_type": "dynamic", "factor": 4.0 if how == "NTK 4" else 1.0}
    plain = model.model.rotary_emb
    config = LlamaConfig(**model.config.to_dict() | {"rope_parameters": settings})
    model.model.rotary_emb = LlamaRotaryEmbedding(config).to(next(model.parameters()).device)
    try:
        yield
    finally:
        model.model.rotary_emb = plain


@torch.inference_mode()
def loss(way: str, model: Any, ids: Tensor, length: int) -> float:
    """Nats a letter over the last letters of each text, when `length` letters are shown."""
    ids = ids.to(next(model.parameters()).device)
    guessed = logits(way, model, ids[:, -length - 1 : -1])[:, -LAST:]  # (B, last, V)
    return float(F.cross_entropy(guessed.flatten(0, 1).float(), ids[:, -LAST:].flatten()))


def losses(way: str, model: Any, ids: Tensor, lengths: Sequence[int], how: str = "") -> tuple[float, ...]:
    """By length; `how` RoPE is stretched, each time as far as the length asks for."""
    if not how:
        return tuple(loss(way, model, ids, length) for length in lengths)
    found = []
    for length in lengths:
        with stretched(model, how, length / TRAINED):
            found.append(loss(way, model, ids, length))
    return tuple(found)


def floors(ids: Tensor, lengths: Sequence[int]) -> tuple[float, ...]:
    """What no model can beat from the whole words in view, by length."""
    lines = [language.spelled(line) for line in ids.tolist()]
    return tuple(sum(language.floor(line[-n - 1 :], LAST) for line in lines) / len(lines) for n in lengths)


@torch.inference_mode()
def write(way: str, model: Any, begun: Tensor, length: int, seed: int) -> list[str]:
    """Texts of that length, each letter drawn from the model's own distribution, after the beginnings (B, n)."""
    drawn, device = torch.Generator().manual_seed(seed), next(model.parameters()).device
    while begun.shape[1] < length:
        odds = logits(way, model, begun.to(device))[:, -1].float().softmax(-1).cpu()  # (B, V)
        begun = torch.cat((begun, torch.multinomial(odds, 1, generator=drawn)), 1)
    return [language.spelled(line) for line in begun.tolist()]
