"""Every threshold and weight of a mock interview, with how it was found.

Chosen by hand in November 2026, then held by whole interviews of seven scripted candidates with five interviewers in
both languages (tests/interview/candidates.py and test_candidates.py): an excellent candidate is hired by everybody, who
knows half is in doubt, a rambler and whoever says what is wrong, pastes the rubric or is silent is not. No interview of
a person has been judged by somebody else to compare with: these say in what order verdicts stand, not how often one is
right.
"""

from __future__ import annotations

SPOKEN = {"en": 150, "zh": 250}
"""Words (Chinese: characters) a minute of calm speech: what a second of a model answer is."""
TYPED = {"en": 60, "zh": 100}
"""What a fair typist types in a minute."""

STEPS = (0.85, 0.68, 0.5, 0.28, 0.0)
"""The score from which on the verdict is strong-yes, yes, unsure, no, strong-no."""
EXPECTED = 0.68
"""What an area should come to; above it speaks for the candidate, below it against: where a yes begins."""
DOUBTFUL = 0.4
"""Below it the bar of an area is drawn as bad."""
SPEAKS_FOR = 0.5
"""Below it an area is never told as a reason in favour, whatever the verdict."""
GATES: dict[str, tuple[tuple[float, float], ...]] = {
    "correctness": ((0.35, 0.27), (0.65, 0.49), (0.75, 0.67)),
    "coverage": ((0.12, 0.27), (0.3, 0.49), (0.68, 0.67), (0.88, 0.84)),
    "brevity": ((0.15, 0.49), (0.4, 0.67), (0.6, 0.84)),
}
"""(An area below this, the score at most that), lowest first: each cap lies just below the next step."""
DEPTH_WEIGHT = {"one-line": 1.0, "one-minute": 2.0, "full": 3.0}
"""How much the answer to an open question counts, by the depth that was asked."""
SINGLE_WEIGHT = 0.5
"""How much an answer to any other question counts for its form."""
EVIDENCE = {"one-line": 1, "one-minute": 2, "full": 3}
"""How many of example, limit and where a thing is known from make an answer of a depth well supported."""
EVIDENCE_NEEDS = 0.25
"""Evidence counts in full from this score of the answer on: a good example of nothing is none."""

BROKEN_OFF = 0.67
"""The score of an interview that was left before half of it is at most this, just below a yes."""

WRONG_SINGLE = 2.0
"""What a wrong number, term or choice costs, in key points: there was only one thing to say."""
WRONG_MISCONCEPTION = 2.0
"""What a known misconception costs, in key points."""
WRONG_DENIED = 0.5
"""What a point costs that was denied before it was met, in key points."""
CREDIT = {"first": 1.0, "passing": 0.5, "follow-up": 0.6}
"""What a met point is worth by where it was met."""
DENIED_CREDIT = 0.1
"""What a met point loses where it had been denied first."""
LEAST_PAR = 0.3
"""Nobody is measured against a model answer that meets less than this share of the points."""

LATE = 1.1
"""An answer is too long from so many budgets on."""
PART_LATE = 1.5
"""A part of an answer is marked as too long from so many of its own budgets on."""
ENDLESS = 2.0
"""At so many budgets an answer is not brief at all."""
LEAST_LENGTH = 0.25
"""Of its budget: an answer of a minute or more that is shorter is too short."""
OVERRUN = 0.25
"""Of the interview: so much time over budget takes the whole blame for what was not reached."""

ENOUGH = 0.4
"""Share of the time for an answer that must be left for a question to be begun."""
LEAST_SECONDS = 15.0
"""What the answer to a question that was begun may take, whatever is left."""
ANSWERED = 0.6
"""Score of an earlier answer from which on it has answered a question in passing."""
SENTENCE_ANSWERED = 0.8
"""Share of what a question speaks of that stands in one sentence of an answer which has answered it in passing."""
NUDGED = 2
"""Weight of a missed point from which it is asked about with one of the question's hints."""
LONG_STATEMENT = 8
"""Tokens from which a statement is told from a chance wording, where a rubric is pasted."""
PASTED = 0.4
"""Share of an answer that is the rubric's own wording from which on it says nothing."""
DEPTH_FITS = 1.25
"""A section asks as deep as fits into so many times its own time."""
SCALED = (0.5, 2.0)
"""Least and most that the number of questions is scaled by, when an interview is shorter or longer than its plan."""
WHOLE_MET = 2 / 3
"""Share of the points from which on an answer as a whole is met."""
OUTLOOK = 0.6
"""Share of an answer after which a word about the future is its outlook."""
SHORT = 4
"""Tokens below which a sentence says nothing yet ("Good question.")."""
SOON = {"en": 35, "zh": 55}
"""Words (Chinese: characters) within which the answer has to come."""
BEST_ROOM = 1.15
"""How much longer than its budget the best version of an answer may be."""
