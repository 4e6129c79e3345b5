"""The causal mask: what it hides, what it leaves open, and the code that makes it or breaks it."""

from llmquiz.demos.causal_mask.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",))
