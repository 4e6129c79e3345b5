"""Prefill and decoding: the same arithmetic for a token, and why one of them costs many times more."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.prefill_decode.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, families=("decoder",), needs="smollm2")
