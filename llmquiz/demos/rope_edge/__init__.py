"""The edge of RoPE: copying over a distance breaks at the trained length, and slower angles carry it further."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.rope_edge.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, families=("decoder",), needs="smollm2")
