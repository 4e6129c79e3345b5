"""What comes of a variant: its gradient before the first step, and its loss after a short training at each rate."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.prenorm.claims import CHANCE, TRAINS, Variant
from llmquiz.demos.prenorm.language import LENGTH, chain
from llmquiz.demos.prenorm.variants import last_feed_forward, make

N_LAYERS = 8
STEPS = 30
DRAWS = 3
"""Initialisations over which a gradient is averaged."""


def loss_of(model: Any, ids: Tensor) -> Tensor:
    """Mean loss of the next token of `ids` (B, T + 1); an encoder–decoder also reads the first half in its encoder."""
    if model.config.is_encoder_decoder:
        source, fed, labels = ids[:, : LENGTH // 2], ids[:, :-1], ids[:, 1:].contiguous()  # (B, T / 2), (B, T), (B, T)
        loss: Tensor = model(input_ids=source, decoder_input_ids=fed, labels=labels).loss
    else:
        loss = model(ids, labels=ids).loss  # the model shifts the labels itself
    return loss


def gradient(variant: str, n_layers: int, seed: int, *, device: str, dtype: str) -> float:
    """Norm of the last feed-forward matrix's gradient before any step, mean over `DRAWS` starts."""
    sizes = []
    for draw in range(DRAWS):
        model = make(variant, n_layers, seed=seed + draw, device=device, dtype=dtype)
        loss_of(model, chain(0, seed=seed + draw, device=device)).backward()  # type: ignore[no-untyped-call]
        grad = last_feed_forward(model).grad  # (4 C, C)
        assert grad is not None
        sizes.append(float(grad.norm()))
    return sum(sizes) / len(sizes)


def trained(name: str, rates: tuple[float, ...], seed: int, *, device: str, dtype: str) -> Variant:
    """The loss that a variant reaches at every rate, from the same start each time."""
    losses = tuple(final_loss(name, rate, seed, device=device, dtype=dtype) for rate in rates)
    model = make(name, N_LAYERS, seed=seed, device=device, dtype=dtype)
    fine = [rate for rate, loss in zip(rates, losses, strict=True) if loss < TRAINS]
    return Variant(name, type(model).__name__, tiny.parameters(model), losses, max(fine, default=0.0))


def final_loss(name: str, rate: float, seed: int, *, device: str, dtype: str) -> float:
    """Mean loss of the last five steps of Adam at a constant rate, no warm-up, no clipping."""
    model = make(name, N_LAYERS, seed=seed, device=device, dtype=dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    losses = []
    for step in range(STEPS):
        loss = loss_of(model, chain(step, seed=seed, device=device))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    last = sum(losses[-5:]) / 5
    return last if last < 2 * CHANCE else 2 * CHANCE  # NaN compares false
