"""The KV cache in few bits: keys by channel, values by token, and what 8 to 2 bits cost and save."""

from llmquiz.demos.kv_quantisation.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text",), families=("decoder",), needs="smollm2")
