"""PPO from within: when the clip begins to matter, and one text as an episode. B are texts, T their letters."""

from __future__ import annotations

import copy

import torch
from torch import Tensor

from llmquiz.demos.lab import surrogate
from llmquiz.demos.lab.four_letters import spelled
from llmquiz.demos.policy_losses import world
from llmquiz.demos.policy_losses.claims import Clipping, Step
from llmquiz.demos.policy_losses.learning import BETA, RATE
from llmquiz.demos.policy_losses.world import Table

BATCH = 64


def clipping(reference: Table, generator: torch.Generator) -> Clipping:
    """The steps on the first batch, on a copy of the reference."""
    policy = copy.deepcopy(reference).requires_grad_(True)
    ids = world.sample(policy, BATCH, generator)  # (B, T)
    mask = torch.ones_like(ids, dtype=torch.bool)
    old = policy.log_probabilities(ids).detach()  # (B, T)
    # the policy is still the reference: no penalties yet
    to_come = surrogate.to_go(world.reward(ids), torch.zeros_like(old), mask, BETA)
    advantages = surrogate.advantages(to_come, mask)  # (B, T)
    plain = -(policy.log_probabilities(ids) * advantages).mean()  # what REINFORCE makes small
    clipped = -surrogate.clipped(policy.log_probabilities(ids), old, advantages).mean()
    wanted, got = (torch.autograd.grad(loss, policy.logits)[0] for loss in (plain, clipped))  # (rows, letters)

    # then as many steps on it as a batch is used for
    optimizer, outside = torch.optim.Adam(policy.parameters(), lr=RATE), list[float]()
    for _ in range(surrogate.PASSES):
        new = policy.log_probabilities(ids)  # (B, T)
        outside.append(float(surrogate.outside(new, old).float().mean()))
        optimizer.zero_grad()
        (-surrogate.clipped(new, old, advantages).mean()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return Clipping(float((wanted - got).norm() / wanted.norm()), tuple(outside))


@torch.no_grad()
def decisions(policy: Table, reference: Table, generator: torch.Generator) -> tuple[Step, ...]:
    """One text of the policy, letter by letter, the first of those in a batch that earned most."""
    ids = world.sample(policy, BATCH, generator)  # (B, T)
    rewards, row = world.reward(ids), int(world.reward(ids).argmax())
    # of the whole batch, as PPO sees it: what is to come at each place, and what was to be expected there
    log_ratio = policy.log_probabilities(ids) - reference.log_probabilities(ids)  # (B, T)
    to_come = surrogate.to_go(rewards, log_ratio, torch.ones_like(ids, dtype=torch.bool), BETA)  # (B, T)
    expected = to_come.mean(0)  # (T,)
    text, letters = ids[row].tolist(), spelled(ids[row])
    # of the one text, as it was drawn
    log_p, log_q = (_stepwise(table, text) for table in (policy, reference))  # (T,)
    return tuple(
        Step(
            state=letters[:i],
            action=letters[i],
            probability=float(log_p[i].exp()),
            reference=float(log_q[i].exp()),
            reward=float(rewards[row]) if i == len(text) - 1 else 0.0,
            penalty=float(BETA * (log_p[i] - log_q[i])),
            to_come=float(to_come[row, i]),
            expected=float(expected[i]),
        )
        for i in range(len(text))
    )


def _stepwise(table: Table, text: list[int]) -> Tensor:
    """log p of every letter, (T,), looked up as it is written."""
    return torch.stack([table.after(text[:i])[letter] for i, letter in enumerate(text)])
