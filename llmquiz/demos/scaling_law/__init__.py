"""How the loss falls with parameters and data, on a language whose entropy is known, and the formulas put beside it."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.scaling_law.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
