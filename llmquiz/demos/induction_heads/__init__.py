"""Induction heads of a pretrained decoder: looked for in repeated random tokens, silenced, against random heads."""

from llmquiz.demos.induction_heads.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
