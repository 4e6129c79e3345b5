"""Sizes of published models, counted from their configurations: parameters, bytes, cache, training work."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.model_sizes.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
