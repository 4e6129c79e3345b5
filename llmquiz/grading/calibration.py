"""Every threshold and weight of the offline grader, with how it was found.

All were set in November 2026 with the 199 answers to 17 questions in view that stand in tests/grading/tuning and dev,
written and labelled by the grader's own makers; `python -m tests.grading.tune` prints what they give, each question
judged by weights from the others. What was fitted lies beside its module (likelihood.json, single_reference.json).
The numbers here were chosen by hand for the F1 on those answers, none on data of somebody else; on answers of
strangers the grader does worse: see README.
"""

from __future__ import annotations

MET, UNSURE = 0.5, 0.3
"""Likelihoods from which a point without cues is met, and from which it cannot be told: even odds, and what was worth
asking back."""
MET_BESIDE_CUES, UNSURE_BESIDE_CUES = 0.85, 0.6
SHARE_BESIDE_CUES = 0.5
"""The same for a point whose cues were not found: its author said what meets it."""
BELIEVED, BELIEVED_BESIDE_CUES = 0.32, 0.9
"""Likelihoods from which a misconception is seen."""
CONFLICT = 0.4
"""Conflict of an answer with a statement, as a share of its weight, from which it contradicts it."""
OWN_WORDS, ALL_WORDS = 0.25, 0.75
"""A misconception needs this share of the words of its own, or that share of all its words."""

GLOSSARY_WEIGHT, WORD_WEIGHT, PAIR_WEIGHT = 1.0, 0.9, 0.35
"""What a term of the glossary, a word, and a pair of Han characters weighs in a statement."""
ASKED_WEIGHT = 0.5
"""What is left of a word's weight that stands in the question already."""
CONFLICT_COST, WIDTH_COST = 0.6, 0.015
"""What conflict and length cost a window of the answer that competes for a statement: shorter ones win a tie."""

COPIED, COPIED_OF_PROMPT, COPIED_LEAST = 0.8, 0.5, 4
"""Share of a sentence that is the question's own words, share of the question, and words at least, from which it
is a copy; against the attacks in tests/grading/samples.py."""
PASTED_STATEMENTS = 3
"""Statements of the rubric word for word from which they are pasted; likewise."""
PILED, PILE = 0.6, 5
"""Share of a clause that lists terms, and items in a row, from which it is a pile of keywords; likewise."""

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
