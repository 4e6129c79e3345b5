"""How the reader is made: the model that says what an answer does with a statement, learned from the corpus.

    base.py       the bilingual encoder it starts from, with the pieces of English and Chinese only
    examples.py   what it learns from: answers, texts joined from contrast lines, the content's examples, attacks
    model.py      lower layers that read each text alone, upper layers in which statements read the answer
    meanings.py   the first stage: statements and words that say them approach each other
    learn.py      the second: one run of training
    export.py     the trained model as two graphs of eight bits
    measure.py    figures on a part of the corpus

`python -m tests.grading.train` runs all of it.
"""
