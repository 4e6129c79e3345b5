"""Calibration: whether a decoder's next tokens come as often as their probabilities say, and what temperature does."""

from llmquiz.demos.calibration.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
