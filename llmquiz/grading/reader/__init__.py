"""The reader: a small bilingual model that says what an answer does with a statement.

`reading.py` is what graders ask; `model.py` runs the shipped network (alone.onnx, then together.onnx) by onnxruntime;
`pieces.py` is how texts become what it takes; `words.py` finds the words that decided. How it was made, on what, and
what it reaches is in card.json; `python -m tests.grading.train` makes it again.
"""
