"""Mixture of experts: parameters of a large model, arithmetic of a small one, and what that does not save."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.moe.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
