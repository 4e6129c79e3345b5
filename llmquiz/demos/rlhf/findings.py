"""What can be known about policies whose reward is known: the best that a KL allows, best-of-n, and one sample step by
step.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from llmquiz.demos.lab import kv, shipped
from llmquiz.demos.rlhf import language as toy
from llmquiz.demos.rlhf import policies, train
from llmquiz.demos.rlhf.policies import Measured

NS = (2, 4, 16, 64)
BETAS = (8.0, 4.0, 2.0, 1.5, 1.0, 0.8, 0.65, 0.5, 0.4, 0.32)
"""At which the best policy is found."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a run without the penalty passed through."""

    seed: int
    reward: tuple[float, ...]
    kl: tuple[float, ...]
    kept: tuple[float, ...]
    """Reward where an ungrammatical text earns nothing."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy, measured here by texts of its own."""

    name: str
    found: Measured
    text: str
    """The first one that it wrote for the last opener."""
    seeds: tuple[Measured, ...]
    """Of the trainings with three seeds, from the card."""


def card_seeds(name: str) -> tuple[Measured, ...]:
    """A policy trained with each of three seeds, from its card."""
    runs = shipped.card("rlhf", name)["runs"]
    return tuple(Measured(**{key: run["figures"][key] for key in Measured.__dataclass_fields__}) for run in runs)


def card_courses(name: str) -> tuple[Course, ...]:
    """What these trainings passed through, from the card."""
    runs = shipped.card("rlhf", name)["runs"]
    return tuple(Course(run["seed"], *(tuple(run["course"][key]) for key in ("reward", "kl", "kept"))) for run in runs)


@dataclass(frozen=True, slots=True)
class BestOf:
    """The best by reward of so many texts of the reference."""

    n: int
    reward: float
    kl: float
    """Of what is chosen to the reference: a matter of rewards alone, as ties are broken by lot."""
    bound: float
    """log n − (n − 1)/n, the KL where no two texts earn the same."""
    ungrammatical: float


def best_of(n: int, rewards: Tensor, right: Tensor) -> BestOf:
    """From rewards (prompts, N) of texts of the reference, taken for all that it writes."""
    found = torch.tensor([_best_of(n, *one) for one in zip(rewards.double(), right.double(), strict=True)])
    reward, kl, ungrammatical = found.mean(0).tolist()
    return BestOf(n, reward, kl, math.log(n) - (n - 1) / n, ungrammatical)


def _best_of(n: int, rewards: Tensor, right: Tensor) -> tuple[float, float, float]:
    """Reward, KL, share of ungrammatical: the largest of n is at most r as often as one is, to the power n."""
    levels, sizes = torch.unique(rewards, return_counts=True)
    share = sizes.double() / len(rewards)
    below = share.cumsum(0)
    chosen = below**n - (below - share).clamp(min=0) ** n  # (levels,)
    wrong = torch.stack([1 - right[rewards == level].mean() for level in levels])
    kl = (chosen * (chosen / share).clamp(min=1e-300).log()).sum()
    return float((chosen * levels).sum()), float(kl), float((chosen * wrong).sum())


@dataclass(frozen=True, slots=True)
class Optimum:
    """The policy that makes reward − β·KL largest: the reference times exp(reward / β), rescaled."""

    beta: float
    reward: float
    kl: float

    @property
    def score(self) -> float:
        """Nothing gets more."""
        return self.reward - self.beta * self.kl


@torch.no_grad()
def optima(reference: Any, policy: Any, texts: Sequence[Tensor]) -> tuple[Optimum, ...]:
    """For every β, from as many texts of the reference as of a policy near the optimum, weighed for that mixture."""
    rewards = torch.stack([toy.reward(ids).double() for ids in texts])  # (2, B)
    ratios = [policies.log_probabilities(policy, i) - policies.log_probabilities(reference, i) for i in texts]
    ratio = torch.stack([one.double().sum(1).cpu() for one in ratios])  # (2, B), log of policy over reference
    weigh = -torch.logaddexp(torch.zeros(()).double(), ratio) + math.log(2)  # log of reference over mixture
    by_prompt = [one.view(2, len(toy.PROMPTS), -1).transpose(0, 1).flatten(1) for one in (rewards, weigh)]
    return tuple(_optimum(beta, *by_prompt) for beta in BETAS)


def _optimum(beta: float, rewards: Tensor, weigh: Tensor) -> Optimum:
    """From (prompts, N) each: rewards, and log-weights that make a mean over the texts one over the reference."""
    tilted = weigh + rewards / beta
    log_z = tilted.logsumexp(1) - weigh.logsumexp(1)
    reward = (tilted.softmax(1) * rewards).sum(1)
    return Optimum(beta, float(reward.mean()), float((reward / beta - log_z).mean()))


def allowed(optima: Sequence[Optimum], kl: float) -> float | None:
    """The largest reward at this KL; None beyond what was found."""
    curve = [(0.0, optima[0].reward - optima[0].kl * optima[0].beta), *((one.kl, one.reward) for one in optima)]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x0 <= kl <= x1:
            return y0 + (y1 - y0) * (kl - x0) / (x1 - x0)
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: a state, an action, and what came of it."""

    state: str
    action: str
    probability: float
    reference: float
    reward: float
    """Here and now: 0 until the text ends."""
    penalty: float
    """β times the log-ratio."""
    to_come: float
    """All rewards less all penalties from here on."""
    expected: float
    """The mean of that over other texts at the same place."""

    @property
    def advantage(self) -> float:
        """Before it is put in units of the spread."""
        return self.to_come - self.expected


@torch.no_grad()
def decisions(policy: Any, reference: Any, ids: Tensor, row: int, beta: float) -> tuple[Step, ...]:
    """The text in that row of a batch (B, T), word by word, each from a cached step of its own."""
    own, other = (one_by_one(model, ids[row : row + 1])[0] for model in (policy, reference))  # (T - 1,)
    told, rewards = toy.told(ids), toy.reward(ids).to(ids.device)
    ratio = policies.log_probabilities(policy, ids) - policies.log_probabilities(reference, ids)
    to_come = train.to_go(rewards, ratio, told, beta)
    expected = to_come.sum(0) / told.sum(0).clamp(min=1)
    words = toy.words(ids[row])
    return tuple(
        Step(
            state=" ".join(words[: i + 1]),
            action=words[i + 1],
            probability=float(own[i].exp()),
            reference=float(other[i].exp()),
            reward=float(rewards[row]) if i == len(words) - 2 else 0.0,
            penalty=float(beta * (own[i] - other[i])),
            to_come=float(to_come[row, i]),
            expected=float(expected[i]),
        )
        for i in range(len(words) - 1)
    )


@torch.no_grad()
def one_by_one(model: Any, ids: Tensor) -> Tensor:
    """Log-probabilities of what was written, (B, T - 1), from one step a token over a cache: as it was drawn."""
    cache, found = DynamicCache(config=model.config), []
    for i in range(ids.shape[1] - 1):
        logits = kv.call(model, ids[:, i : i + 1], cache=cache).logits[:, -1]
        found.append(logits.log_softmax(-1).gather(1, ids[:, i + 1 : i + 2])[:, 0])
    return torch.stack(found, 1) * toy.told(ids)


@dataclass(frozen=True, slots=True)
class Clipping:
    """The steps on one batch of texts."""

    gap: float
    """Relative difference of the first step's gradient from the plain policy gradient's."""
    outside: tuple[float, ...]
    """Share of tokens whose ratio is outside the clip, at each step."""


def clipping(reference: Any, seed: int) -> Clipping:
    """The first batch of PPO, on a copy of the reference."""
    model = copy.deepcopy(reference).requires_grad_(True)
    generator, loss = torch.Generator().manual_seed(seed), train.LOSSES["ppo"]
    surrogate = loss("ppo", model, generator, 0.0)
    batch = train.course_of(model).drawn
    assert batch is not None
    plain = -(policies.log_probabilities(model, batch.ids) * batch.advantages * batch.told).sum() / batch.told.sum()
    wanted, got = (torch.autograd.grad(one, [*model.parameters()]) for one in (plain, surrogate))
    flat, found = (torch.cat([one.flatten() for one in grads]) for grads in (wanted, got))
    optimizer, outside = torch.optim.AdamW(model.parameters(), lr=train.TRAINING.rates["ppo"]), list[float]()
    for _ in range(train.PASSES):
        ratio = (policies.log_probabilities(model, batch.ids) - batch.old).exp()
        far = ((ratio - 1).abs() > train.CLIP) & batch.told
        outside.append(float(far.sum() / batch.told.sum()))
        gained = train.clipped(policies.log_probabilities(model, batch.ids), batch.old, batch.advantages)
        optimizer.zero_grad()
        (-(gained * batch.told).sum() / batch.told.sum()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return Clipping(float((flat - found).norm() / flat.norm()), tuple(outside))
