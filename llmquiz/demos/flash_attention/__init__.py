"""FlashAttention: exact attention that never holds the score matrix, and what it leaves as it was."""

from llmquiz.demos.flash_attention.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, starts_processes=True)
