"""What the variants learn: a chain in which every token decides the next one."""

from __future__ import annotations

import torch
from torch import Tensor

from llmquiz.demos.prenorm.claims import VOCAB

LENGTH, BATCH = 12, 8


def chain(step: int, *, seed: int, device: str) -> Tensor:
    """The batch of a training step, by a permutation of the tokens that the seed draws; (B, T + 1)."""
    follows = torch.randperm(VOCAB, generator=torch.Generator().manual_seed(seed))  # (V,): the token after each
    token = torch.randint(VOCAB, (BATCH, 1), generator=torch.Generator().manual_seed(10_000 * seed + step))
    tokens = [token]  # (B, 1) each
    for _ in range(LENGTH):
        tokens.append(follows[tokens[-1]])
    return torch.cat(tokens, 1).to(device)
