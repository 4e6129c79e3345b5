"""The losses that policies learn by: imitation, PPO with and without the KL penalty, GRPO, DPO.

PPO and DPO as in `lab/surrogate`; GRPO: Shao et al., 2024. Reward and grammar are
those of `rlhf/language`. The first step of a run finds the policy as it was before any training; a copy of it is the
reference. In all shapes B are texts, T = `language.LENGTH` their tokens, the opener first.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from llmquiz.demos.lab.surrogate import PASSES, advantages, clipped, preference, to_go
from llmquiz.demos.lab.training import Loss
from llmquiz.demos.rlhf import language, policies

BATCH = 64
"""Sentences a step of imitation; pairs a step of DPO."""
GROUP = 16
"""Texts for each of the six openers, drawn afresh every `PASSES` steps."""
BETA = 0.5
"""Of the KL penalty in PPO and of DPO."""
GRPO_BETA = 0.4
"""It divides rewards by their standard deviation, so that the same number would weigh more."""
PAIRS = 2048
"""That DPO learns from, drawn once from the reference."""
NOTED = ("reward", "kl", "ungrammatical", "kept")
"""Along a run that draws texts of its own, each time it does."""

Weigh = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Advantages (B, T - 1) from rewards (B,), log-ratios to the reference (B, T - 1) and the mask of the texts."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """Texts of the policy (B, T), and what the steps on them need, each (B, T - 1)."""

    ids: Tensor
    old: Tensor
    """Log-probabilities when they were drawn."""
    reference: Tensor
    """Log-probabilities under the reference."""
    advantages: Tensor
    mask: Tensor
    """Tokens of the text, and not of the padding behind it."""


@dataclass(slots=True)
class State:
    """What one run keeps from step to step."""

    reference: Any
    steps: int = 0
    rollout: Rollout | None = None
    pairs: tuple[Tensor, Tensor, Tensor, Tensor] | None = None
    """Of DPO, as `draw_pairs` gives them."""
    noted: list[tuple[float, ...]] = field(default_factory=list)
    """`NOTED` of every batch that was drawn."""


_states: WeakKeyDictionary[Any, State] = WeakKeyDictionary()


def state_of(model: Any) -> State:
    """Of the run that trains this model; begins where there is none."""
    if model not in _states:
        _states[model] = State(copy.deepcopy(model).eval().requires_grad_(False))
    return _states[model]


def notes_of(model: Any) -> list[tuple[float, ...]]:
    """`NOTED` of every batch that the run of this model drew; none where it had no run."""
    return _states[model].noted if model in _states else []


def imitation(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Next-word loss on sentences of the grammar, opener given."""
    ids = language.sentences(BATCH, generator).to(model.device)  # (B, T)
    return -policies.log_probabilities(model, ids).sum() / language.mask(ids).sum()


def group_advantages(rewards: Tensor, mask: Tensor) -> Tensor:
    """Reward above the mean of its group, in units of the group's spread, the same at every token: (B, T - 1)."""
    groups = rewards.view(-1, GROUP)  # (openers, GROUP): texts of one opener stand together
    relative = (groups - groups.mean(1, keepdim=True)) / (groups.std(1, keepdim=True) + 1e-4)
    return relative.view(-1, 1) * mask  # (B, 1) to (B, T - 1)


@torch.no_grad()
def roll_out(model: Any, state: State, generator: torch.Generator, weigh: Weigh) -> Rollout:
    """A batch of texts of the policy as it is now."""
    ids = policies.sample(model, policies.openers(GROUP), generator)  # (B = 6 · GROUP, T)
    mask, rewards = language.mask(ids), language.reward(ids).to(ids.device)
    old, reference = (policies.log_probabilities(policy, ids) for policy in (model, state.reference))
    figures = policies.figures(model, state.reference, ids)
    state.noted.append(tuple(round(getattr(figures, name), 4) for name in NOTED))
    return Rollout(ids, old, reference, weigh(rewards, old - reference, mask), mask)


def _current(model: Any, generator: torch.Generator, weigh: Weigh) -> Rollout:
    """The texts of this step: drawn afresh every `PASSES` steps."""
    state = state_of(model)
    if state.steps % PASSES == 0:
        state.rollout = roll_out(model, state, generator, weigh)
    state.steps += 1
    assert state.rollout is not None
    return state.rollout


def ppo(beta: float) -> Loss:
    """PPO's clip; the penalty of `beta` a nat is part of the reward, token by token."""

    def weigh(rewards: Tensor, log_ratio: Tensor, mask: Tensor) -> Tensor:
        return advantages(to_go(rewards, log_ratio, mask, beta), mask)

    def loss(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
        batch = _current(model, generator, weigh)
        surrogate = clipped(policies.log_probabilities(model, batch.ids), batch.old, batch.advantages)  # (B, T - 1)
        return -(surrogate * batch.mask).sum() / batch.mask.sum()

    return loss


def grpo(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Advantages within the group of one opener; the penalty is a term of the loss, estimated without bias.

    The estimate is q/p − log(q/p) − 1 of each token drawn from the policy p, q the reference (k3 of Schulman, 2020).
    """
    batch = _current(model, generator, lambda rewards, _, mask: group_advantages(rewards, mask))
    new = policies.log_probabilities(model, batch.ids)  # (B, T - 1)
    log_ratio = batch.reference - new
    penalty = log_ratio.exp() - log_ratio - 1
    gained = (clipped(new, batch.old, batch.advantages) - GRPO_BETA * penalty) * batch.mask
    return -(gained.sum(1) / batch.mask.sum(1)).mean()  # the mean of a text first: each weighs the same


def dpo(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """The chosen text of a pair above the rejected, relative to the reference; nothing is drawn from the policy."""
    state = state_of(model)
    if state.pairs is None:
        state.pairs = draw_pairs(state.reference, generator)
    rows = torch.randint(0, PAIRS, (BATCH,), generator=generator)
    chosen, rejected, chosen_before, rejected_before = (part[rows] for part in state.pairs)  # (B, T) and (B,), twice
    new = policies.log_probabilities(model, torch.cat((chosen, rejected))).sum(1)  # (2B,), in one pass
    margin = (new[:BATCH] - chosen_before) - (new[BATCH:] - rejected_before)  # (B,)
    return preference(margin, BETA).mean()


@torch.no_grad()
def draw_pairs(reference: Any, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Chosen and rejected texts on the same openers, each (PAIRS, T), and their log-probabilities, each (PAIRS,).

    Who wins is drawn by Bradley-Terry from the difference of the rewards.
    """
    openers = torch.tensor(language.PROMPTS)[torch.arange(PAIRS) % len(language.PROMPTS)]  # (PAIRS,)
    first, second = (policies.sample(reference, openers, generator) for _ in range(2))  # (PAIRS, T)
    ahead = language.reward(first) - language.reward(second)
    wins = (torch.rand(PAIRS, generator=generator) < ahead.sigmoid())[:, None].to(first.device)  # (PAIRS, 1)
    chosen, rejected = torch.where(wins, first, second), torch.where(wins, second, first)
    chosen_before, rejected_before = (policies.log_probabilities(reference, ids).sum(1) for ids in (chosen, rejected))
    return chosen, rejected, chosen_before, rejected_before
