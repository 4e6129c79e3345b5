"""What speculative decoding should bring, by Leviathan et al. (2022), arXiv 2211.17192; without torch."""

from __future__ import annotations


def tokens_per_call(alpha: float, gamma: int) -> float:
    """Expected tokens a call of the target, if each of `gamma` proposals is accepted with chance `alpha`: equation 1.

    The paper takes the chance to be the same at every place and independent of the others.
    """
    return gamma + 1 if alpha == 1 else (1 - alpha ** (gamma + 1)) / (1 - alpha)


def speedup(alpha: float, gamma: int, draft: float, check: float = 1.0) -> float:
    """Expected speed-up over the target alone: theorem 3.8, whose c is `draft`.

    `draft` is the price of one step of the draft, `check` that of the target's pass over all proposals, both in steps
    of the target. The paper counts a check as one step.
    """
    return tokens_per_call(alpha, gamma) / (draft * gamma + check)
