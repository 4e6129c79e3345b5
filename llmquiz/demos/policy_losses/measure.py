"""Three ways from one reference, measured against the optimum that the formula gives; then PPO from within."""

from __future__ import annotations

import torch

from llmquiz.demos.lab.four_letters import every_text
from llmquiz.demos.lab.run import Run
from llmquiz.demos.policy_losses import learning, ppo, world
from llmquiz.demos.policy_losses.claims import Result
from llmquiz.demos.policy_losses.learning import BETA, NOTES, learn

PAIRS = 1000


def measure(run: Run) -> Result:
    """By the objective itself, by all pairs, and by pairs drawn once."""
    steps = 300 if run.quick else 600
    ids = every_text().to(run.device)  # (N, T)
    reference, rewards = world.reference(run), world.reward(ids)  # rewards: (N,)
    log_reference = reference.log_likelihood(ids)  # (N,)
    generator = torch.Generator().manual_seed(1000 + run.seed)
    drawn = learning.drawn_pairs(log_reference, rewards, PAIRS, generator)
    losses = (
        ("objective", learning.objective(log_reference, rewards)),
        ("dpo", learning.every_pair(log_reference, rewards)),
        ("few", drawn),
    )
    policies, learned = zip(
        *(
            learn(name, reference, loss, steps, run.part(0.3 * i, 0.3 * (i + 1)))
            for i, (name, loss) in enumerate(losses)
        ),
        strict=True,
    )
    best = world.optimum(log_reference, rewards, BETA)  # (N,)
    result = Result(
        device=run.device,
        dtype=run.dtype,
        texts=len(ids),
        beta=BETA,
        pairs=PAIRS,
        every=steps // NOTES,
        start_reward=float((log_reference.exp() * rewards).sum()),
        reward=float((best.exp() * rewards).sum()),
        kl=float((best.exp() * (best - log_reference)).sum()),
        rewards=tuple(sorted({int(level) for level in rewards.tolist()})),
        objective=learned[0],
        dpo=learned[1],
        few=learned[2],
        clipping=ppo.clipping(reference, generator),
        steps=ppo.decisions(policies[0], reference, generator),
    )
    run.progress(1.0)
    return result
