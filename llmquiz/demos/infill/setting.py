"""What the language of `language` consists of, which gaps are filled, and by which models; without torch."""

from __future__ import annotations

import string

LETTERS = 16
"""V, the ids of letters being 0 to V − 1."""
ALPHABET = string.ascii_lowercase[:LETTERS]
LENGTH = 20
"""T, letters a text."""
MASK, START, FILL = LETTERS, LETTERS + 1, LETTERS + 2
"""Ids behind the letters: a missing letter, the beginning of a text, the beginning of a gap's letters."""

GAPS = (1, 3)
"""Letters missing in a row."""
STARTS = (4, 9, 14)
"""Places of a gap's first letter."""

DECODERS = ("decoder", "decoder-fill")
"""One reads from left to right only; the other was also trained to fill in."""
RATES = {"encoder-15": 0.15, "encoder-40": 0.4, "encoder-any": None}
"""Share of letters that are masked in training; None: drawn anew for every batch, from one letter to all."""
ENCODERS = tuple(RATES)
MODELS = (*DECODERS, *ENCODERS)
GIBBS = "encoder-15"
"""Writes by Gibbs sampling: the mask rate of BERT, whose training is nearest to one missing letter."""
