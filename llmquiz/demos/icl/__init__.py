"""In-context learning by decoder, encoder and encoder–decoder: is it the architecture, the causal mask, or neither?"""

from llmquiz.demos.icl.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text", "live"))
