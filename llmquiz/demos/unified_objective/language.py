"""Six tasks on texts of a few letters, which all three models learn.

Texts are drawn; a fifth of all possible ones is kept for testing and occurs in no training. B stands for texts at once,
n for the letters of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from llmquiz.demos.unified_objective.claims import LENGTHS, TASKS
from llmquiz.errors import DemoError

LETTERS = 8
"""Of the alphabet a to h."""
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
    return torch.tensor(CIPHER)[text]  # (8,) looked up by (B, n): (B, n)


def _classify(text: Tensor) -> Tensor:
    """Whether the first half of the alphabet occurs more often than the second."""
    majority = (text < LETTERS // 2).sum(1) * 2 > text.shape[1]  # (B,)
    label = torch.where(majority, YES, NO)[:, None]  # (B, 1)
    # as long as the text, so that answers of all tasks can be stacked: the label, then END
    return torch.full_like(text, END).index_copy_(1, torch.tensor([0]), label)  # (B, n)


def _deduplicate(text: Tensor) -> Tensor:
    """Each letter where it occurs first; the rest moves up."""
    earlier = torch.ones(text.shape[1], text.shape[1]).tril(-1).bool()  # (n, n)
    repeated = ((text[:, :, None] == text[:, None, :]) & earlier).any(2)  # (B, n, n) -> (B, n)
    # stable, so that the letters that stay keep their order
    order = repeated.long().argsort(dim=1, stable=True)  # (B, n)
    return text.masked_fill(repeated, END).gather(1, order)  # (B, n)


RULES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "copy": _copy,
    "reverse": _reverse,
    "sort": _sort,
    "cipher": _cipher,
    "classify": _classify,
    "deduplicate": _deduplicate,
}
"""Of each task: from texts (B, n) to answers (B, n), END behind an answer that is shorter."""


def answers(text: Tensor, tasks: Tensor) -> Tensor:
    """Of texts (B, n), each with the task of its number (B,): (B, n)."""
    by_task = torch.stack([RULES[task](text) for task in TASKS])  # (tasks, B, n)
    return by_task[tasks, torch.arange(len(text))]  # (B, n)


def held_out(text: Tensor) -> Tensor:
    """Which of the texts (B, n) are kept for testing: (B,)."""
    return text.sum(1) % HELD_OUT == 0


def training_texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """Texts (count, length) of which none is held out: one that would be gets another first letter."""
    text = torch.randint(0, LETTERS, (count, length), generator=generator)  # (count, length)
    text[:, 0] = (text[:, 0] + held_out(text)) % LETTERS  # the sum moves by 1 or by -7
    return text


def testing_texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """Texts (count, length), all of them held out."""
    # a fifth of them is: eight times as many are enough
    text = torch.randint(0, LETTERS, (8 * count, length), generator=generator)  # (8 · count, length)
    return text[held_out(text)][:count]  # (count, length)


def text_with_repeats(seed: int) -> Tensor:
    """A held-out text (1, n) in which at least two letters are repetitions: deduplicated it ends sooner."""
    texts = testing_texts(200, LENGTHS[-1], torch.Generator().manual_seed(seed))  # (200, n)
    deduplicated = answers(texts, torch.full((len(texts),), TASKS.index("deduplicate")))  # (200, n)
    return texts[(deduplicated == END).sum(1) >= 2][:1]  # (1, n)


def read(text: str) -> Tensor:
    """A user's text as ids (1, n).

    Raises: DemoError where it is not of the length and the letters that the models know.
    """
    letters = text.replace(" ", "")
    known = NAMES[:LETTERS]
    if set(letters) - set(known) or len(letters) not in LENGTHS:
        raise DemoError(
            "unified-objective.no-letters", shortest=LENGTHS[0], longest=LENGTHS[-1], first=known[0], last=known[-1]
        )
    return torch.tensor([[known.index(letter) for letter in letters]])  # (1, n)


def spelled(answer: list[int]) -> str:
    """An answer as letters, up to its end."""
    return "".join(NAMES[number] for number in answer).split(NAMES[END])[0]
