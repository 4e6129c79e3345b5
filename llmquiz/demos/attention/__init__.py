"""Attention: one sentence through decoder, encoder and encoder–decoder; who sees whom, how evenly, in which order."""

from llmquiz.demos.attention.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.lab.real import FAMILIES

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=FAMILIES)
