"""How fast decoding can be: the bytes of the weights against the arithmetic on them, and what a loop adds."""

from llmquiz.demos.decode_speed.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, families=("decoder",))
