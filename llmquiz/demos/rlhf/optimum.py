"""What can be known of policies where the reward is known: the best that a KL allows, and what best-of-n comes to.

The policy that makes reward − β·KL(policy, reference) largest is the reference times exp(reward / β), rescaled (Korbak
et al., 2022; Rafailov et al., 2023). Its mean reward and KL are estimated from texts, by importance weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.rlhf import language, policies
from llmquiz.demos.rlhf.claims import BestOf, Optimum

BETAS = (8.0, 4.0, 2.0, 1.5, 1.0, 0.8, 0.65, 0.5, 0.4, 0.32)
"""At which the best policy is found."""


@torch.no_grad()
def optima(reference: Any, policy: Any, texts: Sequence[Tensor]) -> tuple[Optimum, ...]:
    """For every β, from as many texts of the reference as of a policy near the optimum, weighed for that mixture.

    `texts`: those of the reference and those of the policy, each (B, T), sorted by opener.
    """
    rewards = torch.stack([language.reward(ids).double() for ids in texts])  # (2, B)
    log_ratios = [policies.log_probabilities(policy, i) - policies.log_probabilities(reference, i) for i in texts]
    log_ratio = torch.stack([ratio.double().sum(1).cpu() for ratio in log_ratios])  # (2, B), policy over reference
    # the texts are drawn from the even mixture (reference + policy) / 2: log of reference over mixture
    log_weights = -torch.logaddexp(torch.zeros(()).double(), log_ratio) + math.log(2)  # (2, B)
    by_opener = [
        part.view(2, len(language.PROMPTS), -1).transpose(0, 1).flatten(1)  # (2, B) to (openers, N = 2B / openers)
        for part in (rewards, log_weights)
    ]
    return tuple(optimum(beta, *by_opener) for beta in BETAS)


def optimum(beta: float, rewards: Tensor, log_weights: Tensor) -> Optimum:
    """From (openers, N) each: rewards, and log-weights that make a mean over the texts one over the reference."""
    tilted = log_weights + rewards / beta  # (openers, N), the optimum over the sampled mixture but for Z
    log_z = tilted.logsumexp(1) - log_weights.logsumexp(1)  # (openers,)
    reward = (tilted.softmax(1) * rewards).sum(1)  # (openers,), mean under the optimum
    # log of optimum over reference is reward / β − log Z, and the KL is its mean under the optimum
    return Optimum(beta, float(reward.mean()), float((reward / beta - log_z).mean()))


def best_of(n: int, rewards: Tensor, right: Tensor) -> BestOf:
    """From rewards (openers, N) of texts of the reference, taken for all that it writes; `right`: its grammar, alike.

    The bound log n − (n − 1)/n on the KL: Beirami et al., 2024.
    """
    by_opener = [_best_of(n, *opener) for opener in zip(rewards.double(), right.double(), strict=True)]
    reward, kl, ungrammatical = torch.tensor(by_opener).mean(0).tolist()
    return BestOf(n, reward, kl, math.log(n) - (n - 1) / n, ungrammatical)


def _best_of(n: int, rewards: Tensor, right: Tensor) -> tuple[float, float, float]:
    """Reward, KL, share of ungrammatical of one opener, from (N,) each."""
    levels, sizes = torch.unique(rewards, return_counts=True)  # (levels,), rising
    share = sizes.double() / len(rewards)
    up_to = share.cumsum(0)
    # the largest of n is at most r as often as one is, to the power n; so often it is r itself:
    chosen = up_to**n - (up_to - share).clamp(min=0) ** n  # (levels,)
    wrong = torch.stack([1 - right[rewards == level].mean() for level in levels])  # (levels,)
    kl = (chosen * (chosen / share).clamp(min=1e-300).log()).sum()
    return float((chosen * levels).sum()), float(kl), float((chosen * wrong).sum())
