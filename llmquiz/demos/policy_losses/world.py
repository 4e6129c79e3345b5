"""256 texts of four letters, a reward that is known, and policies that are a table: a row of logits for each prefix.

In all shapes B are texts, T = `LENGTH` their letters, N = 256 all texts.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from llmquiz.demos.lab.devices import DTYPES
from llmquiz.demos.lab.four_letters import LENGTH, LETTERS, every_text
from llmquiz.demos.lab.run import Run

ROWS = sum(LETTERS**i for i in range(LENGTH))
"""Prefixes of no to three letters: 85."""
SPREAD = 0.5
"""Standard deviation of the reference's logits."""


class Table(nn.Module):
    """A policy: the logits of the next letter after every prefix."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)  # (ROWS, LETTERS)

    def log_probabilities(self, ids: Tensor) -> Tensor:
        """log p of every letter of the texts (B, T) after those before it, (B, T)."""
        return self.logits.log_softmax(-1)[rows(ids), ids]

    def after(self, prefix: list[int]) -> Tensor:
        """log p of every letter after a prefix, (LETTERS,)."""
        number = sum(letter * LETTERS**i for i, letter in enumerate(reversed(prefix)))
        return self.logits[sum(LETTERS**i for i in range(len(prefix))) + number].log_softmax(-1)

    def log_likelihood(self, ids: Tensor) -> Tensor:
        """log p of whole texts, (B,)."""
        return self.log_probabilities(ids).sum(1)


def rows(ids: Tensor) -> Tensor:
    """The row of the prefix before each letter of the texts (B, T), (B, T): shorter prefixes first."""
    number, columns = torch.zeros_like(ids[:, 0]), list[Tensor]()  # (B,), the prefix read as a number in base 4
    for place in range(LENGTH):
        columns.append(sum(LETTERS**i for i in range(place)) + number)
        number = number * LETTERS + ids[:, place]
    return torch.stack(columns, 1)


def reference(run: Run) -> Table:
    """The policy that everything begins at, drawn from the seed."""
    drawn = torch.randn(ROWS, LETTERS, generator=torch.Generator().manual_seed(run.seed), dtype=torch.float64)
    return Table((SPREAD * drawn).to(run.device, DTYPES[run.dtype])).requires_grad_(False)


def reward(ids: Tensor) -> Tensor:
    """a's minus d's, (B,): from −4 to 4."""
    return ((ids == 0).sum(1) - (ids == LETTERS - 1).sum(1)).float()


def sample(policy: Table, count: int, generator: torch.Generator) -> Tensor:
    """So many texts of the policy, (B, T): drawn from the probabilities of all."""
    every = every_text()
    shares = policy.log_likelihood(every.to(policy.logits.device)).exp().detach().cpu().float()  # (N,)
    drawn = torch.multinomial(shares, count, replacement=True, generator=generator)  # (B,)
    return every[drawn].to(policy.logits.device)


def optimum(log_reference: Tensor, rewards: Tensor, beta: float) -> Tensor:
    """log p (N,) of the policy that makes reward − β·KL largest: reference · exp(reward / β), rescaled."""
    return (log_reference + rewards / beta).log_softmax(0)
