"""Speculative decoding: a draft proposes, the target checks all proposals in one pass.

The rule is that of Leviathan et al. (2022) and Chen et al. (2023). Draft and target run in the same bare loop with
caches of fixed size (`decoding`), and so does the target alone, which it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from llmquiz.demos.lab.decoding import Decoder

Rule = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Which proposals are accepted, by the target's probability p, the draft's q and a uniform number u: each (G,)."""


def faithful(p: Tensor, q: Tensor, u: Tensor) -> Tensor:
    """Accept with probability min(1, p / q)."""
    return u * q < p


def lenient(p: Tensor, _q: Tensor, _u: Tensor) -> Tensor:
    """Accept what the target finds likely enough: plausible, and not the target's distribution."""
    return p > 0.1


class Law(Protocol):
    """How tokens are chosen."""

    def choose(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """A token for each row of (B, V): (B, 1); and what it was chosen from."""

    def check(self, logits: Tensor, proposals: Tensor, drafts: list[Tensor]) -> tuple[int, Tensor]:
        """How many of the proposals (G,) stay, by the target's logits (G + 1, V); and the token behind them, (1, 1)."""


class Greedy:
    """The most probable token."""

    def choose(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        return logits.argmax(-1, keepdim=True), logits

    def check(self, logits: Tensor, proposals: Tensor, drafts: list[Tensor]) -> tuple[int, Tensor]:
        best = logits.argmax(-1)  # (G + 1,)
        stay = leading(best[:-1] == proposals)
        return stay, best[stay].view(1, 1)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Drawn at temperature 1."""

    generator: torch.Generator
    rule: Rule = faithful

    def choose(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        probs = logits.float().softmax(-1)  # (B, V)
        return self.draw(probs), probs

    def draw(self, weights: Tensor) -> Tensor:
        """A token in proportion to the weights (B, V), which need not add up to 1: (B, 1)."""
        race = torch.empty_like(weights).exponential_(generator=self.generator)
        return (weights / race).argmax(-1, keepdim=True)

    def check(self, logits: Tensor, proposals: Tensor, drafts: list[Tensor]) -> tuple[int, Tensor]:
        p, q, chosen = logits.float().softmax(-1), torch.cat(drafts), proposals[:, None]  # (G + 1, V), (G, V), (G, 1)
        u = torch.rand(len(q), generator=self.generator, device=q.device)
        stay = leading(self.rule(p[:-1].gather(1, chosen)[:, 0], q.gather(1, chosen)[:, 0], u))
        rest = p[stay:] if stay == len(q) else (p[stay : stay + 1] - q[stay : stay + 1]).clamp_min(0)
        return stay, self.draw(rest)


def leading(accepted: Tensor) -> int:
    """How many are true before the first that is not."""
    flags: list[bool] = accepted.tolist()
    return flags.index(False) if False in flags else len(flags)


@dataclass(frozen=True, slots=True)
class Written:
    """A text written with a draft."""

    prompt: Tensor  # (1, T)
    tokens: Tensor  # (1, N)
    stayed: tuple[int, ...]
    """Of the proposals of each round, so many were kept; the target added one token of its own each time."""
    gamma: int

    @property
    def checked(self) -> list[tuple[int, bool]]:
        """The places in `tokens` at which a proposal was checked, and whether it stayed; none behind the first that
        did not."""
        found, place = list[tuple[int, bool]](), 0
        for stay in self.stayed:
            found += [(place + i, i < stay) for i in range(min(stay + 1, self.gamma))]
            place += stay + 1
        return found


class Speculation:
    """A target and a draft behind one prompt (1, T), which both have read up to its last token."""

    def __init__(self, target: Decoder, draft: Decoder, prompt: Tensor) -> None:
        self.target, self.draft, self.prompt = target, draft, prompt
        self.start = prompt.shape[1] - 1
        for one in (target, draft):
            one.rewind()
            if self.start:
                one(prompt[:, :-1])

    @torch.inference_mode()
    def alone(self, new: int, law: Law) -> Tensor:
        """`new` tokens by the target alone, one a step: (1, new)."""
        self.target.rewind(self.start)
        tokens = [self.prompt[:, -1:]]
        for _ in range(new):
            tokens.append(law.choose(self.target(tokens[-1]))[0])
        return torch.cat(tokens[1:], 1)

    @torch.inference_mode()
    def together(self, new: int, gamma: int, law: Law) -> Written:
        """At least `new` tokens, in rounds of `gamma` proposals."""
        target, draft = self.target, self.draft
        target.rewind(self.start)
        draft.rewind(self.start)
        last = unread = self.prompt[:, -1:]  # what the target and the draft have still to read
        tokens, stayed, written = list[Tensor](), list[int](), 0
        while written < new:
            here, fed, proposals, drafts = target.position, unread, list[Tensor](), list[Tensor]()
            for _ in range(gamma):
                fed, law_of_draft = law.choose(draft(fed))
                proposals.append(fed)
                drafts.append(law_of_draft)
            block = torch.cat((last, *proposals), 1)  # (1, G + 1)
            stay, following = law.check(target.every(block)[0], block[0, 1:], drafts)
            target.rewind(here + 1 + stay)
            if stay == gamma:  # the draft has not read its own last proposal
                unread = torch.cat((proposals[-1], following), 1)
            else:
                draft.rewind(here + 1 + stay)
                unread = following
            tokens += [block[:, 1 : 1 + stay], following]
            stayed.append(stay)
            written += stay + 1
            last = following
        return Written(self.prompt, torch.cat(tokens, 1), tuple(stayed), gamma)
