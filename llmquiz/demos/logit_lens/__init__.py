"""The logit lens: every layer's state read through the output head, and what that does not show."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.logit_lens.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
