"""Does learning in context need loss on every token? What it takes with loss on some, on one, and in another form."""

from llmquiz.demos.icl_loss.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
