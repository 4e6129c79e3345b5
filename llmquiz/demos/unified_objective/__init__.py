"""One objective for six tasks: a decoder, an encoder–decoder, and an encoder with a head for each task."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.unified_objective.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",))
