"""The reader: a small bilingual model that says what an answer does with a statement.

    judging.py    what graders ask: verdicts from chances, by the thresholds of its card
    network.py    the shipped network (alone.onnx, then together.onnx), run by onnxruntime
    pieces.py     texts as it takes them
    words.py      the words that decided
    overlap.py    letters that a statement and an answer share
    numbers.py    numbers, compared by rule
    memory.py     what was read already

How it was made, on what, and what it reaches is in card.json; `python -m tests.grading.train` makes it again.
"""
