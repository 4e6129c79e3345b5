"""The attention sink: a window over a long text breaks when the first token leaves it, and one kept token mends it."""

from llmquiz.demos.attention_sink.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
