"""Where the norm stands: gradients by depth, and the largest learning rate that still trains."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.prenorm.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
