"""Reward against KL: what PPO, GRPO, DPO and best-of-n make of one small policy, with and without the penalty."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.rlhf.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("live",))
