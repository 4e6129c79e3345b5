"""Is the number of ones odd? The question in bits, the ways to answer it, and how a model writes its answer.

A way is what stands between the question and the answer: nothing, dots, or the parity after each bit. Dots for steps:
Pfau et al. (2024, Let's Think Dot by Dot). `chain_of_thought/train` says how the models are trained.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.chain_of_thought.claims import SLOTS
from llmquiz.demos.lab.caching import written

BLANK, ASK, DOT, END = 2, 3, 4, 5
"""Ids; 0 and 1 are the bits."""
SIGNS = "01_?.;"
HOLDING = 6
"""Of rows with at least so many bits a quarter is held back from all training."""


@cache
def held_back(bits: int) -> Tensor:
    """Which of the 2^n rows no training sees: bool (2^n,)."""
    drawn = torch.rand(2**bits, generator=torch.Generator().manual_seed(4000 + bits))
    return drawn < (0.25 if bits >= HOLDING else 0)


def digits(numbers: Tensor) -> Tensor:
    """Numbers (B,) as bits (B, SLOTS), the lowest first."""
    return numbers[:, None] >> torch.arange(SLOTS) & 1


def exam(bits: int, most: int) -> Tensor:
    """Rows (B, n) for a test, at most so many and always the same: held back ones, or all where none are."""
    unseen = held_back(bits)  # (2^n,)
    numbers = (unseen if unseen.any() else ~unseen).nonzero()[:, 0]  # (rows,)
    order = torch.randperm(len(numbers), generator=torch.Generator().manual_seed(bits))
    return digits(numbers[order[:most]])[:, :bits]


def parities(bits: Tensor) -> Tensor:
    """Of the first 1, 2, … n bits, (B, n): the last is the answer."""
    return bits.cumsum(1) % 2


def question(bits: Tensor) -> Tensor:
    """Rows (B, n) as the models read them: bits, blanks, question mark (B, SLOTS + 1)."""
    ids = torch.full((len(bits), SLOTS + 1), BLANK)
    ids[:, : bits.shape[1]] = bits
    ids[:, -1] = ASK
    return ids


def go_on(model: Any, ids: Tensor, count: int) -> Tensor:
    """The next tokens (B, count), each the likeliest, one a pass with a cache."""
    return written(model, ids.to(model.device), count).cpu()


def write(model: Any, way: str, bits: Tensor) -> Tensor:
    """What a model writes about rows (B, n): steps and the end (B, n + 1), or a bit alone (B, 1).

    Dots are given to it with the question, not written.
    """
    ids = question(bits)  # (B, SLOTS + 1)
    if way == "steps":
        return go_on(model, ids, bits.shape[1] + 1)
    if way == "dots":
        ids = torch.cat((ids, torch.full((len(ids), SLOTS), DOT)), 1)  # (B, 2 SLOTS + 1)
    return go_on(model, ids, 1)


def answers(way: str, written: Tensor) -> Tensor:
    """The answers (B,) in what was written (B, T): the last token before the first end; -1 where there is none."""
    if way != "steps":
        return written[:, -1]
    ended = written == END  # (B, T)
    place = ended.int().argmax(1) - 1  # (B,): argmax finds the first end, and 0 where there is none
    before_end = written.gather(1, place.clamp(min=0)[:, None])[:, 0]  # (B,)
    return torch.where(ended.any(1) & (place >= 0), before_end, -1)


def accuracy(model: Any, way: str, bits: int, most: int = 256) -> float:
    """Share of test rows of so many bits that are answered right."""
    rows = exam(bits, most)  # (B, n)
    return float((answers(way, write(model, way, rows)) == parities(rows)[:, -1]).float().mean())
