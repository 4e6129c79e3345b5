"""Short English answers to a question of which all that is known is one reference statement, about a state of things.

With one statement there are no neighbours to compare with, so likelihood.py's measures say little where the statement
tells whether things are together or apart, open or closed, the same or different, and answers say so in other words or
say the opposite. There few measures go through small trees (single_reference.json), fitted by
`python -m tests.grading.tune_reference` on a public set of students' answers that is not part of llmquiz; the recipe
prints how well they do on questions left out. On statements of other kinds the trees do worse, so they are not asked.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from llmquiz.grading.points.concepts import Mention, mentions
from llmquiz.grading.points.likelihood import Chance
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.polarity import polarity
from llmquiz.grading.text.read import Reading, listed, read

FEATURES = (
    "alone", "share", "conflict", "count", "unique", "slots", "recall", "recall_of_new", "known", "letters", "length",
    "sides", "no_side",
)  # fmt: skip
_CONFLICT, _APART = FEATURES.index("conflict"), FEATURES.index("sides")
LONGEST = 40
"""Words of a short answer: all but one in a thousand of those on which the trees were fitted."""
_SIDES = {"~same": 1, "~connected": 1, "~open_state": -1, "~own_each": -1}
"""Concepts that say of things that they go together (1) or lie apart (-1): separate, a gap, different, connected."""
Tree = list[Any] | float
"""[feature, threshold, tree up to the threshold, tree above it], or what a leaf adds to the log odds."""


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Any]:
    """The trees of single_reference.json: `start` and `trees`."""
    loaded: Mapping[str, Any] = json.loads(Path(__file__).with_name("single_reference.json").read_text("utf-8"))
    return loaded


def applies(statement: str, answer: Reading, glossary: Glossary) -> bool:
    """Whether the trees know this kind of statement, and this length of answer."""
    return len(answer.tokens) <= LONGEST and _side(read(statement), glossary) is not None


def likely(values: list[float], model: Mapping[str, Any] | None = None) -> float:
    """The probability that the answer is right, by its measures in the order of FEATURES.

    One that says the opposite of the statement in so many words is never right, whatever else the two share.
    """
    if values[_CONFLICT] > 0 and values[_APART] < 0:
        return 0.0
    model = model or shipped()
    total = model["start"] + sum(leaf(tree, values) for tree in model["trees"])
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def leaf(tree: Tree, values: list[float]) -> float:
    """What a tree adds to the log odds."""
    while isinstance(tree, list):
        feature, threshold, below, above = tree
        tree = below if values[feature] <= threshold else above
    return tree


def measures(statement: str, prompt: str, answer: Reading, chance: Chance, glossary: Glossary) -> list[float]:
    """What is measured of one answer, in the order of FEATURES; `chance` is what likelihood.py makes of it."""
    reference = read(statement)
    wanted, asked, given = _content(reference), _content(read(prompt)), _content(answer)
    # What the question does not give away; where it gives away all, all.
    new = wanted - asked or wanted
    side, other = _side(reference, glossary), _side(answer, glossary)
    fit = chance.fit
    return [
        chance.likely,
        fit.share,
        fit.conflict,
        math.log1p(fit.count),
        fit.unique,
        float(fit.slots),
        len(given & wanted) / max(1, len(wanted)),
        len(given & new) / max(1, len(new)),
        len(given & (wanted | asked)) / max(1, len(given)),
        _cosine(_letters(statement), _letters(answer.text)),
        math.log((1 + len(given)) / (1 + len(wanted))),
        float((side or 0) * (other or 0)),
        float(bool(side) and other is None),
    ]


def _content(reading: Reading) -> frozenset[str]:
    return frozenset(token.key for token in reading.tokens) - listed("empty")


def _side(reading: Reading, glossary: Glossary) -> int | None:
    """Whether a text says on balance that things go together (1) or lie apart (-1); nothing where it says neither."""
    sides = [side for mention in mentions(reading, polarity(reading), glossary) if (side := _side_of(mention))]
    return (sum(sides) > 0) - (sum(sides) < 0) if sides else None


def _side_of(mention: Mention) -> int:
    return next((_SIDES[name] * sign for name, sign in mention.senses if name in _SIDES), 0)


def _letters(text: str) -> Counter[str]:
    """Every three letters in a row: spelling slips change few of them."""
    plain = " ".join("".join(char if char.isalnum() else " " for char in text.lower()).split())
    return Counter(plain[at : at + 3] for at in range(len(plain) - 2))


def _cosine(left: Counter[str], right: Counter[str]) -> float:
    both = sum(times * right[part] for part, times in left.items())
    size = math.sqrt(sum(v * v for v in left.values()) * sum(v * v for v in right.values()))
    return both / size if size else 0.0
