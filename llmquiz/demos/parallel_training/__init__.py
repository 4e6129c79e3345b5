"""Parallel training: one masked pass gives the loss of every position, and which objectives make use of it."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.parallel_training.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
