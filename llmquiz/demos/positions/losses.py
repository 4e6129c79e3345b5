"""How well the next letter is predicted, by how much of the text is shown: measured, and the best possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.positions import encodings, language
from llmquiz.demos.positions.claims import TRAINED
from llmquiz.demos.positions.stretching import stretched

LAST = 24
"""Letters at the end of a text over which a loss is averaged: the same ones, however much of the text is shown."""


@torch.inference_mode()
def loss(way: str, model: Any, ids: Tensor, length: int) -> float:
    """Nats a letter over the last letters of each text (B, N), when `length` letters are shown."""
    ids = ids.to(next(model.parameters()).device)  # (B, N)
    shown, true = ids[:, -length - 1 : -1], ids[:, -LAST:]  # (B, length), (B, LAST)
    guesses = encodings.logits(way, model, shown)[:, -LAST:]  # (B, LAST, V)
    return float(F.cross_entropy(guesses.flatten(0, 1).float(), true.flatten()))


def losses(way: str, model: Any, ids: Tensor, lengths: Sequence[int], how: str = "") -> tuple[float, ...]:
    """By length; `how` RoPE is stretched, each time as far as the length asks for."""
    by_length = []
    for length in lengths:
        with stretched(model, how, length / TRAINED):
            by_length.append(loss(way, model, ids, length))
    return tuple(by_length)


def floors(ids: Tensor, lengths: Sequence[int]) -> tuple[float, ...]:
    """What no model can beat on texts (B, N) from the whole words in view, by length."""
    lines = [language.spelled(line) for line in ids.tolist()]
    return tuple(sum(language.floor(line[-n - 1 :], LAST) for line in lines) / len(lines) for n in lengths)
