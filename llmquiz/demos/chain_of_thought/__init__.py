"""Steps written out, an answer at once, dots in the place of steps: is the number of ones odd?"""

from llmquiz.demos.chain_of_thought.claims import CLAIMS, Result
from llmquiz.demos.lab.demo import Demo

DEMO: Demo[Result] = Demo(__name__, CLAIMS, takes=("text", "live"))
