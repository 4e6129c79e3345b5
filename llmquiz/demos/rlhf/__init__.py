"""Learning from a reward: PPO, GRPO, DPO and best-of-n on one small policy, and the likelihoods that they need."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.rlhf.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("live",))
