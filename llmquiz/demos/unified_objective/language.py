"""Six tasks on texts of a few letters: what `unified-objective` trains its models on.

Texts are drawn; a fifth of all possible ones is kept for testing and occurs in no training.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

LETTERS = 8
"""Of the alphabet a to h."""
LENGTHS = (4, 5, 6)
YES, NO, END = LETTERS, LETTERS + 1, LETTERS + 2
"""Two classes and the end of an answer, behind the letters."""
ANSWERS = LETTERS + 3
"""Ids that an answer is made of."""
NAMES = "abcdefgh+-."
CIPHER = (3, 6, 0, 5, 7, 2, 4, 1)
"""What stands for each letter."""
HELD_OUT = 5
"""A text whose letters, taken as numbers from 0, add up to a multiple of this is kept for testing."""


def _copy(text: Tensor) -> Tensor:
    return text


def _reverse(text: Tensor) -> Tensor:
    return text.flip(1)


def _sort(text: Tensor) -> Tensor:
    return text.sort(1).values


def _cipher(text: Tensor) -> Tensor:
    return torch.tensor(CIPHER)[text]


def _classify(text: Tensor) -> Tensor:
    """Whether the first half of the alphabet occurs more often than the second."""
    more = (text < LETTERS // 2).sum(1) * 2 > text.shape[1]
    return torch.full_like(text, END).index_copy_(1, torch.tensor([0]), torch.where(more, YES, NO)[:, None])


def _deduplicate(text: Tensor) -> Tensor:
    """Each letter where it occurs first; the rest moves up."""
    earlier = torch.ones(text.shape[1], text.shape[1]).tril(-1).bool()
    repeated = ((text[:, :, None] == text[:, None, :]) & earlier).any(2)  # (B, n)
    order = repeated.long().argsort(dim=1, stable=True)
    return text.masked_fill(repeated, END).gather(1, order)


TASKS: dict[str, Callable[[Tensor], Tensor]] = {
    "copy": _copy,
    "reverse": _reverse,
    "sort": _sort,
    "cipher": _cipher,
    "classify": _classify,
    "deduplicate": _deduplicate,
}
"""From texts (B, n) to answers (B, n), END behind an answer that is shorter."""
FIXED = ("copy", "reverse", "sort", "cipher", "classify")
"""Tasks in which the length of the answer depends on the length of the text alone."""


def answers(text: Tensor, tasks: Tensor) -> Tensor:
    """Of texts (B, n), each with the task of its number (B,): (B, n)."""
    every = torch.stack([answer(text) for answer in TASKS.values()])  # (tasks, B, n)
    return every[tasks, torch.arange(len(text))]


def held_out(text: Tensor) -> Tensor:
    """Which texts are kept for testing, (B,)."""
    return text.sum(1) % HELD_OUT == 0


def training_texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """None of them is held out: one that would be gets another first letter."""
    text = torch.randint(0, LETTERS, (count, length), generator=generator)
    text[:, 0] = (text[:, 0] + held_out(text)) % LETTERS  # the sum moves by 1 or by -7
    return text


def testing_texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """All of them are held out."""
    text = torch.randint(0, LETTERS, (8 * count, length), generator=generator)
    return text[held_out(text)][:count]


def spelled(answer: list[int]) -> str:
    """An answer as letters, up to its end."""
    shown = "".join(NAMES[one] for one in answer)
    return shown.split(NAMES[END])[0]
