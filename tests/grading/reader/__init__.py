"""How the reader is made: the model that says what an answer does with a statement, learned from the corpus.

    base.py       the bilingual encoder it starts from, with the pieces of English and Chinese only
    examples.py   what it learns from: answers of the corpus, and texts joined from its contrast lines
    model.py      lower layers that read each text alone, upper layers in which statements read the answer
    learn.py      one run of training
    measure.py    figures on a part of the corpus

`python -m tests.grading.train` runs all of it.
"""
