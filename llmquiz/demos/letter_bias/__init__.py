"""Multiple choice: the same questions asked by letter and by text; how they are asked decides the score."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.letter_bias.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, families=("decoder",), needs="smollm2")
