"""Is the number of ones odd? The question in bits, the ways to answer it, and how a model writes its answer.

A way is what stands between the question and the answer: nothing, dots, or the parity after each bit. Dots for steps:
Pfau et al. (2024, Let's Think Dot by Dot). `chain_of_thought/train` says how the models are trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.caching import empty_cache, step

SLOTS = 10
"""For bits; those not needed stay blank."""
BLANK, ASK, DOT, END = 2, 3, 4, 5
"""Ids; 0 and 1 are the bits."""
SIGNS = "01_?.;"
HOLDING = 6
"""Of rows with at least so many bits a quarter is held back from all training."""
WAYS: Mapping[str, str] = {"steps": "steps", "direct": "direct", "dots": "dots", "labels": "direct", "long": "direct"}
"""How each model answers. The last two differ from `direct` in their training only: see `chain_of_thought/train`."""


@cache
def held_back(bits: int) -> Tensor:
    """Which of the 2^n rows no training sees: bool (2^n,)."""
    drawn = torch.rand(2**bits, generator=torch.Generator().manual_seed(4000 + bits))
    return drawn < (0.25 if bits >= HOLDING else 0)


def digits(numbers: Tensor) -> Tensor:
    """Numbers (B,) as bits (B, SLOTS), the lowest first."""
    return numbers[:, None] >> torch.arange(SLOTS) & 1


def tested(bits: int, most: int) -> Tensor:
    """Rows (B, n) for a test, at most so many and always the same: held back ones, or all where none are."""
    back = held_back(bits)
    numbers = (back if back.any() else ~back).nonzero()[:, 0]
    order = torch.randperm(len(numbers), generator=torch.Generator().manual_seed(bits))
    return digits(numbers[order[:most]])[:, :bits]


def parities(bits: Tensor) -> Tensor:
    """Of the first 1, 2, … n bits: the last is the answer."""
    return bits.cumsum(1) % 2


def asked(bits: Tensor) -> Tensor:
    """Rows (B, n) as the models read them: bits, blanks, question mark (B, SLOTS + 1)."""
    read = torch.full((len(bits), SLOTS + 1), BLANK)
    read[:, : bits.shape[1]] = bits
    read[:, -1] = ASK
    return read


@torch.inference_mode()
def go_on(model: Any, ids: Tensor, count: int) -> Tensor:
    """The next tokens (B, count), each the likeliest, one a pass with a cache."""
    fed, cache_, written = ids.to(model.device), empty_cache(model), []
    for _ in range(count):
        fed = step(model, fed, cache_).argmax(-1, keepdim=True)  # (B, 1)
        written.append(fed.cpu())
    return torch.cat(written, 1)


def write(model: Any, way: str, bits: Tensor) -> Tensor:
    """What a model writes about rows (B, n): steps and the end, or a bit alone; dots are given, not written."""
    read = asked(bits)
    if way == "steps":
        return go_on(model, read, bits.shape[1] + 1)
    if way == "dots":
        read = torch.cat((read, torch.full((len(read), SLOTS), DOT)), 1)
    return go_on(model, read, 1)


def answers(way: str, written: Tensor) -> Tensor:
    """The answer in what was written (B, T): the last token before the first end; -1 where there is none."""
    if way != "steps":
        return written[:, -1]
    ended = written == END
    place = ended.int().argmax(1) - 1  # (B,)
    found = written.gather(1, place.clamp(min=0)[:, None])[:, 0]
    return torch.where(ended.any(1) & (place >= 0), found, -1)


def right(model: Any, way: str, bits: int, most: int = 256) -> float:
    """Share of test rows of so many bits that are answered right."""
    rows = tested(bits, most)
    return float((answers(way, write(model, way, rows)) == parities(rows)[:, -1]).float().mean())
