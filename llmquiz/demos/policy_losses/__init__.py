"""What PPO and DPO optimize, in a world of 256 texts where every expectation is a sum: one optimum, two ways to it."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.policy_losses.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
