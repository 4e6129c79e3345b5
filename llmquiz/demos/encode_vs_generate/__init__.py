"""Encoding against generating: one pass over a text, or a pass for every token; and three ways to classify."""

from llmquiz.demos.encode_vs_generate.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, families=("decoder",))
