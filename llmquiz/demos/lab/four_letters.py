"""Texts of four letters: few enough that what holds of all texts is added up and not estimated."""

from __future__ import annotations

import torch
from torch import Tensor

LETTERS, LENGTH = 4, 4


def every_text() -> Tensor:
    """All that could be written, (LETTERS^LENGTH, LENGTH), in alphabetical order."""
    return torch.cartesian_prod(*[torch.arange(LETTERS)] * LENGTH)


def spelled(row: Tensor) -> str:
    """A text (LENGTH,) in letters."""
    return "".join("abcd"[letter] for letter in row.tolist())
