"""Where a token stands, told in five ways: what each is worth beyond the trained length, and what stretching mends."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.positions.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
