"""One text as an episode: what each word cost and earned, its probability as it was when the word was drawn."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from llmquiz.demos.lab import kv
from llmquiz.demos.rlhf import language, losses, policies
from llmquiz.demos.rlhf.claims import Step


@torch.no_grad()
def decisions(policy: Any, reference: Any, ids: Tensor, row: int, beta: float) -> tuple[Step, ...]:
    """The text in that row of a batch (B, T), word by word, each from a cached step of its own."""
    # of the one text, as it was drawn
    log_p, log_q = (stepwise(model, ids[row : row + 1])[0] for model in (policy, reference))  # (T - 1,)
    # of the whole batch, as PPO sees it: what is to come at each place, and what was to be expected there
    mask, rewards = language.mask(ids), language.reward(ids).to(ids.device)  # (B, T - 1), (B,)
    log_ratio = policies.log_probabilities(policy, ids) - policies.log_probabilities(reference, ids)  # (B, T - 1)
    to_come = losses.to_go(rewards, log_ratio, mask, beta)  # (B, T - 1)
    expected = to_come.sum(0) / mask.sum(0).clamp(min=1)  # (T - 1,)
    words = language.words(ids[row])
    return tuple(
        Step(
            state=" ".join(words[: i + 1]),
            action=words[i + 1],
            probability=float(log_p[i].exp()),
            reference=float(log_q[i].exp()),
            reward=float(rewards[row]) if i == len(words) - 2 else 0.0,
            penalty=float(beta * (log_p[i] - log_q[i])),
            to_come=float(to_come[row, i]),
            expected=float(expected[i]),
        )
        for i in range(len(words) - 1)
    )


@torch.no_grad()
def stepwise(model: Any, ids: Tensor) -> Tensor:
    """Log-probabilities of what was written, (B, T - 1), from one step a token over a cache: as it was drawn."""
    cache, columns = DynamicCache(config=model.config), list[Tensor]()
    for i in range(ids.shape[1] - 1):
        logits = kv.call(model, ids[:, i : i + 1], cache=cache).logits[:, -1]  # (B, V)
        columns.append(logits.log_softmax(-1).gather(1, ids[:, i + 1 : i + 2])[:, 0])  # (B,)
    return torch.stack(columns, 1) * language.mask(ids)
