"""What learning from a reward has to know: the probability of a whole text, of a causal model and of a masked one."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.text_likelihood.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("live",))
