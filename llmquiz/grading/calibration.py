"""Thresholds of the rules around the reader, with how they were found; the reader's own stand in its card."""

from __future__ import annotations

COPIED, COPIED_OF_PROMPT, COPIED_LEAST = 0.8, 0.5, 4
"""Share of a sentence that is the question's own words, share of the question, and words at least, from which it
is a copy; against the attacks in tests/grading/samples.py."""
PASTED_STATEMENTS = 3
"""Statements of the rubric word for word from which they are pasted; likewise."""
PILED, PILE = 0.6, 5
"""Share of a clause that lists terms, and items in a row, from which it is a pile of keywords; likewise."""
PILED_ANSWER = 0.5
"""Share of an answer in such clauses from which they earn nothing: of 2,265 answers of strangers in
tests/grading/corpus, to learn and to calibrate with, 3 lose words by it; 249 did where each clause stood alone."""

REMARKS_FROM = 30
"""Words from which an answer is told that it has no example or names no limit."""
TOO_LONG, TOO_SHORT = 1.5, 0.3
"""Of the time that was asked for."""
SPOKEN_A_SECOND = {"en": 2.5, "zh": 4.2}
"""How fast people speak: 150 English words and 250 Han characters a minute."""

ENTAILED, ENTAILED_UNDECIDED = 0.9, 0.7
"""Probabilities of entailment from which a missing point, and an undecided one, is met.

No real checkpoint was at hand: none of these four is measured."""
DENIED = 0.9
"""Probability of contradiction from which an undecided point is contradicted, and a met one in doubt; likewise."""
NEAR, NEAR_MISSING = 0.6, 0.75
"""Cosines from which an undecided point is met, and a missing one worth asking back; likewise."""

OVERLAP = 0.5
"""Share of a statement's words that the baseline of word overlap takes for saying it: a baseline, not a grader."""
