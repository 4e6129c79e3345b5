"""One ladder of models scored twice: token by token, and by answers that count only where every token is right."""

from llmquiz.demos.emergence.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
