"""Speculative decoding with a trained draft and target: the same text, fewer calls, and when it does not pay."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.speculative.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text", "live"))
