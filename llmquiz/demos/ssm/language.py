"""Texts for recall: pairs of a key and a value, then the keys again in another order; which value belonged to each?

The task is that of Arora et al. (2023, Zoology).
"""

from __future__ import annotations

import torch
from torch import Tensor

SYMBOLS = 32
"""So many keys, and as many values."""
VOCAB = 1 + 2 * SYMBOLS
"""Padding, keys, values."""


def texts(count: int, pairs: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Ids (B, 3N), the values asked for (B, N), and the place of the pair that each belongs to (B, N)."""
    keys = torch.rand(count, SYMBOLS, generator=generator).argsort(1)[:, :pairs]  # (B, N), no key twice
    values = torch.randint(0, SYMBOLS, (count, pairs), generator=generator)  # (B, N)
    order = torch.rand(count, pairs, generator=generator).argsort(1)  # (B, N), each row a permutation
    statements = torch.stack((1 + keys, 1 + SYMBOLS + values), 2).flatten(1)  # (B, N, 2) to (B, 2N)
    questions = 1 + keys.gather(1, order)  # (B, N)
    return torch.cat((statements, questions), 1), 1 + SYMBOLS + values.gather(1, order), order
