"""Few-shot prompts on a real model: accuracy by the number of examples, and what the answers in them are good for."""

from llmquiz.demos.few_shot.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=(), families=("decoder",), needs="smollm2")
