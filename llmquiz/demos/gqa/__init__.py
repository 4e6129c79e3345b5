"""Attention with fewer key and value heads: what MHA, GQA, MQA and MLA keep and cost, and heads that are merged."""

from llmquiz.demos.gqa.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",))
