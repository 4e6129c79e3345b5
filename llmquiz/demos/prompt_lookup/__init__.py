"""Prompt lookup: speculative decoding whose draft is copied from the text so far, and when that pays."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.prompt_lookup.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
