"""A state space model beside attention: a state of fixed size, linear work, and what it forgets."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.ssm.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS)
