"""Search by a real encoder: vectors beside shared words, one state beside the mean, and what fewer bits cost."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.search.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("encoder", "decoder"), needs="minilm")
