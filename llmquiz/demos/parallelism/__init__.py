"""One model over several processes: by heads, by layers, by tokens; equal results, counted bytes, idle stages."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.parallelism.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, starts_processes=True)
