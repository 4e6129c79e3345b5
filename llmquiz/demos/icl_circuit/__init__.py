"""What inside a small model learns in context: a head that looks back, a head that finds, and what fails without."""

from llmquiz.demos.icl_circuit.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
