"""Cross-attention: what it costs, what an encoder–decoder costs beside a decoder, and whether it is the bottleneck."""

from llmquiz.demos.cross_attention.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
