"""The steps that PPO takes on one batch: when the clip begins to matter."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.rlhf import losses, policies
from llmquiz.demos.rlhf.claims import Clipping
from llmquiz.demos.rlhf.train import LOSSES, TRAINING


def clipping(reference: Any, seed: int) -> Clipping:
    """The first batch of PPO, on a copy of the reference."""
    model = copy.deepcopy(reference).requires_grad_(True)
    # the first call draws the batch; the policy is still the one that wrote it, so that every ratio is 1
    surrogate = LOSSES["ppo"]("ppo", model, torch.Generator().manual_seed(seed), 0.0)
    batch = losses.state_of(model).rollout
    assert batch is not None
    weighed = policies.log_probabilities(model, batch.ids) * batch.advantages * batch.mask  # (B, T - 1)
    plain = -weighed.sum() / batch.mask.sum()  # what REINFORCE makes small
    wanted, got = (
        _flat(torch.autograd.grad(loss, [*model.parameters()])) for loss in (plain, surrogate)
    )  # (parameters,)

    # then as many steps on it as a training takes
    optimizer, outside = torch.optim.AdamW(model.parameters(), lr=TRAINING.rates["ppo"]), list[float]()
    for _ in range(losses.PASSES):
        new = policies.log_probabilities(model, batch.ids)  # (B, T - 1)
        far = (((new - batch.old).exp() - 1).abs() > losses.CLIP) & batch.mask
        outside.append(float(far.sum() / batch.mask.sum()))
        gained = losses.clipped(new, batch.old, batch.advantages)
        optimizer.zero_grad()
        (-(gained * batch.mask).sum() / batch.mask.sum()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return Clipping(float((wanted - got).norm() / wanted.norm()), tuple(outside))


def _flat(gradients: Sequence[Tensor]) -> Tensor:
    """All in one, (parameters,)."""
    return torch.cat([gradient.flatten() for gradient in gradients])
