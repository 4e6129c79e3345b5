"""Learning from a reward: PPO, GRPO, DPO and best-of-n on one small policy, and the likelihoods that they need."""
