"""Greedy, temperature, top-k, top-p, min-p and beam on the same distributions of a trained model."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.sampling.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",))
