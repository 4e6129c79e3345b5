"""The causal mask taken off a trained decoder: what it copies, what it loses, and what becomes of its cache."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.unmasking.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
