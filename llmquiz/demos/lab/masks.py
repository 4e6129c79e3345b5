"""What a model gives out under a mask: its logits, and its attention weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.errors import DemoError


def hiding(seen: Tensor, dtype: torch.dtype) -> Tensor:
    """The mask (T, T) that is added to the scores, from which tokens each token sees (T, T)."""
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill(~seen, torch.finfo(dtype).min)


def logits_of(model: Any, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """Of every position of `ids` (1, T): (1, T, V); `mask`, (T, T), takes the place of the model's own.

    A mask is added to the scores before the softmax: 0 shows a position, −∞ hides it.
    """
    added = None if mask is None else mask.to(device=model.device, dtype=model.dtype)[None, None]  # (1, 1, T, T)
    logits: Tensor = model(ids, attention_mask=added, use_cache=False).logits
    return logits


def given_weights(output: Any, field: str) -> tuple[Tensor, ...]:
    """The attention weights in a model's output, a tensor (B, H, T, S) a layer.

    Raises: DemoError where it gives none.
    """
    layers = getattr(output, field, None)
    if not layers or any(layer is None for layer in layers):
        raise DemoError("demo.no-attention-weights")
    return tuple(layers)
