"""Speculative decoding: a draft proposes, the target checks all proposals in one pass.

The rule is that of Leviathan et al. (2022) and Chen et al. (2023). Draft and target run in the same bare loop with
caches of fixed size (`lab.decoding`), and so does the target alone, which they are compared with. In the shapes G is
gamma, the number of proposals a round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.speculative.result import GAMMAS

NEW_TOKENS = 48
"""Of a text."""

AcceptanceRule = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Which proposals are accepted, by the target's probability p, the draft's q and a uniform number u: each (G,)."""


def faithful(p: Tensor, q: Tensor, u: Tensor) -> Tensor:
    """Accept with probability min(1, p / q)."""
    return u * q < p


def lenient(p: Tensor, _q: Tensor, _u: Tensor) -> Tensor:
    """Accept what the target finds likely enough: plausible, and not the target's distribution."""
    return p > 0.1


class Strategy(Protocol):
    """How tokens are chosen."""

    def choose(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """A token for each row of the logits (B, V): (B, 1); and what it was chosen from, (B, V)."""

    def check(self, logits: Tensor, proposals: Tensor, drafts: list[Tensor]) -> tuple[int, Tensor]:
        """How many of the proposals (G,) are accepted, and the token behind them, (1, 1).

        `logits` (G + 1, V) are the target's; `drafts` are what the proposals were chosen from, each (1, V).
        """


class Greedy:
    """The most probable token."""

    def choose(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        return logits.argmax(-1, keepdim=True), logits

    def check(self, logits: Tensor, proposals: Tensor, drafts: list[Tensor]) -> tuple[int, Tensor]:
        best = logits.argmax(-1)  # (G + 1,): the target's own choice at each proposal, and behind the last
        accepted = leading(best[:-1] == proposals)
        return accepted, best[accepted].view(1, 1)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Drawn at temperature 1."""

    generator: torch.Generator
    rule: AcceptanceRule = faithful

    def choose(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        probs = logits.float().softmax(-1)  # (B, V)
        return self.draw(probs), probs

    def draw(self, weights: Tensor) -> Tensor:
        """A token in proportion to the weights (B, V), which need not add up to 1: (B, 1)."""
        # a race of exponential clocks: the first to ring is token i with the share of its rate, weights[i]
        clocks = torch.empty_like(weights).exponential_(generator=self.generator)  # (B, V)
        return (weights / clocks).argmax(-1, keepdim=True)

    def check(self, logits: Tensor, proposals: Tensor, drafts: list[Tensor]) -> tuple[int, Tensor]:
        p = logits.float().softmax(-1)  # (G + 1, V), the target's probabilities
        q = torch.cat(drafts)  # (G, V), the draft's
        chosen = proposals[:, None]  # (G, 1)
        p_chosen = p[:-1].gather(1, chosen)[:, 0]  # (G,)
        q_chosen = q.gather(1, chosen)[:, 0]  # (G,)
        u = torch.rand(len(q), generator=self.generator, device=q.device)  # (G,)
        accepted = leading(self.rule(p_chosen, q_chosen, u))
        if accepted == len(q):
            behind = p[accepted:]  # (1, V): the same pass has given the place behind the last proposal
        else:  # what the draft gives too little of, which makes up for what it proposed too often
            behind = (p[accepted : accepted + 1] - q[accepted : accepted + 1]).clamp_min(0)  # (1, V)
        return accepted, self.draw(behind)


def leading(flags: Tensor) -> int:
    """How many of the flags (G,) are true before the first that is not."""
    listed: list[bool] = flags.tolist()
    return listed.index(False) if False in listed else len(listed)


@dataclass(frozen=True, slots=True)
class DraftedText:
    """A text written with a draft."""

    prompt: Tensor  # (1, T)
    tokens: Tensor  # (1, N)
    accepted: tuple[int, ...]
    """Round by round, so many proposals; the target added one token of its own each time."""
    gamma: int

    @property
    def checked(self) -> list[tuple[int, bool]]:
        """The places in `tokens` at which a proposal was checked, and whether it was accepted.

        What a round proposed behind its first refusal was thrown away unchecked.
        """
        places, start = list[tuple[int, bool]](), 0
        for accepted in self.accepted:
            places += [(start + i, i < accepted) for i in range(min(accepted + 1, self.gamma))]
            start += accepted + 1
        return places


class Speculation:
    """A target and a draft behind one prompt (1, T), which both have read up to its last token."""

    def __init__(self, target: Decoder, draft: Decoder, prompt: Tensor) -> None:
        self.target, self.draft, self.prompt = target, draft, prompt
        self.start = prompt.shape[1] - 1
        for decoder in (target, draft):
            decoder.rewind()
            if self.start:
                decoder(prompt[:, :-1])

    @torch.inference_mode()
    def alone(self, new: int, strategy: Strategy) -> Tensor:
        """`new` tokens by the target alone, one a step: (B, new), for B equal prompts."""
        self.target.rewind(self.start)
        tokens = [self.prompt[:, -1:]]  # each (B, 1)
        for _ in range(new):
            tokens.append(strategy.choose(self.target(tokens[-1]))[0])
        return torch.cat(tokens[1:], 1)

    @torch.inference_mode()
    def together(self, new: int, gamma: int, strategy: Strategy) -> DraftedText:
        """At least `new` tokens, in rounds of `gamma` proposals."""
        target, draft = self.target, self.draft
        target.rewind(self.start)
        draft.rewind(self.start)
        # what either has still to read: the target one token, the draft one or two
        last = unread = self.prompt[:, -1:]  # (1, 1)
        tokens, accepted, written = list[Tensor](), list[int](), 0
        while written < new:
            start = target.position
            # the draft is cheap: it proposes gamma tokens, a step each
            proposals, drafts = self._propose(unread, gamma, strategy)
            # the target reads them all in one pass, which gives its logits at each proposal and behind the last
            block = torch.cat((last, *proposals), 1)  # (1, G + 1)
            logits = target.every(block)[0]  # (G + 1, V)
            count, following = strategy.check(logits, block[0, 1:], drafts)
            # the refused ones leave the caches again
            target.rewind(start + 1 + count)
            if count == gamma:  # nothing to forget, and the draft has not read its own last proposal
                unread = torch.cat((proposals[-1], following), 1)  # (1, 2)
            else:
                draft.rewind(start + 1 + count)
                unread = following  # (1, 1)
            tokens += [block[:, 1 : 1 + count], following]
            accepted.append(count)
            written += count + 1
            last = following
        return DraftedText(self.prompt, torch.cat(tokens, 1), tuple(accepted), gamma)

    def _propose(self, unread: Tensor, gamma: int, strategy: Strategy) -> tuple[list[Tensor], list[Tensor]]:
        """Tokens of the draft, each (1, 1), and what they were chosen from, each (1, V)."""
        proposals, drafts, fed = list[Tensor](), list[Tensor](), unread
        for _ in range(gamma):
            fed, probs = strategy.choose(self.draft(fed))
            proposals.append(fed)
            drafts.append(probs)
        return proposals, drafts


def speculations(target: Any, draft: Any, prompts: Sequence[Tensor]) -> list[Speculation]:
    """Target and draft behind each prompt (1, T), with caches of their own."""
    large, small = Decoder(target, length=1), Decoder(draft, length=1)
    pairs = []
    for prompt in prompts:
        # the last round writes beyond the end, and what it reads takes room even if it is refused
        length = prompt.shape[1] + NEW_TOKENS + 2 * max(GAMMAS) + 2
        pairs.append(Speculation(large.sized(batch=1, length=length), small.sized(batch=1, length=length), prompt))
    return pairs
