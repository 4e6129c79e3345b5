"""PagedAttention: the same tokens from a cache in blocks, and how many more requests the same memory holds."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.paged_attention.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
