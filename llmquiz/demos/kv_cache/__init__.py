"""The key-value cache: the same tokens from a fraction of the work, for memory that grows with the text."""

from llmquiz.demos.kv_cache.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",))
