"""What learning from a reward makes large or small: PPO's clipped surrogate, and DPO's loss of a pair.

PPO: Schulman et al., 2017, without a critic; DPO: Rafailov et al., 2023. In all shapes B are texts, T their tokens.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

CLIP = 0.2
PASSES = 4
"""Steps that a batch of texts is used for."""


def to_go(rewards: Tensor, log_ratio: Tensor, mask: Tensor, beta: float) -> Tensor:
    """What is still to come at every token, (B, T): the reward (B,), less β times the log-ratios from here on."""
    penalties = beta * log_ratio * mask  # (B, T)
    return (rewards[:, None] - penalties.flip(1).cumsum(1).flip(1)) * mask  # summed from the end of the text


def advantages(to_come: Tensor, mask: Tensor) -> Tensor:
    """`to_come` above its mean over the batch at the same place (no critic), in units of the spread: (B, T)."""
    mean = to_come.sum(0) / mask.sum(0).clamp(min=1)  # (T,)
    above = (to_come - mean) * mask
    return above / ((above**2).sum() / mask.sum()).sqrt().clamp(min=1e-4)


def clipped(new: Tensor, old: Tensor, advantage: Tensor) -> Tensor:
    """PPO's surrogate at every token, to be made large; log-probabilities and advantages of one shape."""
    ratio = (new - old).exp()
    return torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage)


def outside(new: Tensor, old: Tensor) -> Tensor:
    """Which tokens have a ratio outside the clip, in the shape of the log-probabilities."""
    return ((new - old).exp() - 1).abs() > CLIP


def preference(margin: Tensor, beta: float) -> Tensor:
    """DPO's loss of every pair, from how much more the chosen text gained in log-probability than the rejected."""
    return -F.logsigmoid(beta * margin)
