"""Texts drawn from the urn of `language`, for training and for testing."""

from __future__ import annotations

import torch
from torch import Tensor

from llmquiz.demos.positions.claims import TRAINED
from llmquiz.demos.positions.language import LONGEST, SHARE, SHORTEST, WORDS, ids


def texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """Ids (count, length) of texts that begin anywhere in a word."""
    urn = torch.full((count, len(WORDS)), SHARE)  # (count, words)
    rows, drawn = torch.arange(count), []
    # as many words as a text of the shortest ones needs, and the letters before its start
    for _ in range((length + LONGEST) // SHORTEST + 1):
        word = torch.multinomial(urn, 1, generator=generator)[:, 0]  # (count,)
        urn[rows, word] += 1
        drawn.append(word)
    starts = torch.randint(0, LONGEST, (count,), generator=generator).tolist()
    words = torch.stack(drawn, 1)  # (count, drawn)
    lines = [" ".join(WORDS[word] for word in line) for line in words.tolist()]
    return torch.tensor([ids(line[start : start + length]) for line, start in zip(lines, starts, strict=True)])


def held_out(count: int, times: float, seed: int) -> Tensor:
    """Texts that no training draws, a letter longer than so many times the trained length: (count, length + 1)."""
    return texts(count, round(times * TRAINED) + 1, torch.Generator().manual_seed(10_000 + seed))
