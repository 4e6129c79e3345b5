"""Sentence vectors: they tell what a sentence is about, and hardly what it says of it."""

from llmquiz.demos.lab.demo import Demo
from llmquiz.demos.sentence_vectors.claims import CLAIMS, Result

DEMO: Demo[Result] = Demo(__name__, CLAIMS, families=("encoder",), needs="minilm")
