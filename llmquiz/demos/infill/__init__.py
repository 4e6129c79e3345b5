"""Both sides of a gap: an encoder, a decoder, and a decoder trained to fill in; then whole texts from the encoder."""

from llmquiz.demos.infill.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text", "live"))
