"""From the reference to the optimum: by reward − β·KL itself, and by DPO's loss of pairs; N = 256 are all texts."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from llmquiz.demos.lab.four_letters import every_text
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.surrogate import preference
from llmquiz.demos.policy_losses import world
from llmquiz.demos.policy_losses.claims import Learned
from llmquiz.demos.policy_losses.world import Table

BETA = 0.5
RATE = 0.1
NOTES = 30
"""So often the distance to the optimum is noted."""

Loss = Callable[[Tensor], Tensor]
"""Of log π/π_ref of all texts, (N,): a scalar."""


def objective(log_reference: Tensor, rewards: Tensor) -> Loss:
    """−(reward − β·KL) in full: what PPO with a penalty estimates from samples."""

    def loss(log_ratio: Tensor) -> Tensor:
        return -((log_reference + log_ratio).exp() * (rewards - BETA * log_ratio)).sum()

    return loss


def every_pair(log_reference: Tensor, rewards: Tensor) -> Loss:
    """DPO's loss over all pairs, as often as the reference draws them and Bradley–Terry prefers the first."""
    often = (log_reference[:, None] + log_reference).exp() * (rewards[:, None] - rewards).sigmoid()  # (N, N)

    def loss(log_ratio: Tensor) -> Tensor:
        return 2 * (often * preference(log_ratio[:, None] - log_ratio, BETA)).sum()

    return loss


def drawn_pairs(log_reference: Tensor, rewards: Tensor, count: int, generator: torch.Generator) -> Loss:
    """DPO's loss over so many pairs, drawn once by the same rule."""
    shares = log_reference.exp().cpu().float()  # (N,)
    first, second = (torch.multinomial(shares, count, replacement=True, generator=generator) for _ in range(2))
    ahead = rewards.cpu()[first] - rewards.cpu()[second]  # (count,)
    wins = torch.rand(count, generator=generator) < ahead.sigmoid()
    chosen, rejected = torch.where(wins, first, second), torch.where(wins, second, first)

    def loss(log_ratio: Tensor) -> Tensor:
        return preference(log_ratio[chosen] - log_ratio[rejected], BETA).mean()

    return loss


def learn(name: str, reference: Table, loss: Loss, steps: int, progress: Progress) -> tuple[Table, Learned]:
    """A copy of the reference, trained by the loss, and what became of it."""
    policy = copy.deepcopy(reference).requires_grad_(True)
    ids = every_text().to(policy.logits.device)  # (N, T)
    rewards, log_reference = world.reward(ids), reference.log_likelihood(ids)  # (N,)
    best = world.optimum(log_reference, rewards, BETA)  # (N,)
    optimizer = torch.optim.Adam(policy.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    gaps, every = list[float](), steps // NOTES
    for done in range(steps):
        log_p = policy.log_likelihood(ids)  # (N,)
        if done % every == 0:
            gaps.append(_divergence(log_p, best))
        optimizer.zero_grad()
        loss(log_p - log_reference).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        progress((done + 1) / steps)
    policy.requires_grad_(False)
    log_p = policy.log_likelihood(ids)
    implicit = BETA * (log_p - log_reference)  # (N,)
    implicit = implicit - implicit.mean()
    return policy, Learned(
        name,
        (*gaps, _divergence(log_p, best)),
        reward=float((log_p.exp() * rewards).sum()),
        kl=_divergence(log_p, log_reference),
        correlation=float(torch.corrcoef(torch.stack((implicit, rewards.to(implicit.dtype))).float())[0, 1]),
        by_reward=tuple(float(implicit[rewards == level].mean()) for level in sorted(set(rewards.tolist()))),
    )


def _divergence(log_p: Tensor, log_q: Tensor) -> float:
    """KL(p, q) in nats, of (N,) each."""
    return float((log_p.exp() * (log_p - log_q)).sum().detach())
