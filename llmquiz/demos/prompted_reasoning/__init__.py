"""Chain of thought by prompt alone: a model of 135M parameters adds three digits when it writes the steps first."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.prompted_reasoning.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, families=("decoder",), needs="smollm2")
