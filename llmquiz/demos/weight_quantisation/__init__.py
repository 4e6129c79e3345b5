"""Weights rounded to few bits: perplexity by bits by how many share a scale, and a grid that costs nothing."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.weight_quantisation.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
