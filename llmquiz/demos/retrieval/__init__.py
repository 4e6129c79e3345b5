"""Retrieval by sentence vectors: what a causal mask, the way of pooling and the loss have to do with it."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.retrieval.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text", "live"))
