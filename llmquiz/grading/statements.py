"""How far a clause or two of an answer say what a statement says, where no cue decides."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.grading.cues import Index
from llmquiz.grading.glossary import Glossary
from llmquiz.grading.polarity import negations
from llmquiz.grading.text import is_han, keys, read

EMPTY = frozenset(
    "a an the of to in on at by for with from as and or is be it its this that these those there their they them we you"
    " i he she one do have can could will would may might must should so than then only also just very more most much"
    " some any all each every no not if when while which who what how why into over about between both such same other"
    " own let make use get give take go come say see 's".split()
) | frozenset("的了是在和与及或就都也很把被给对从到让使其它这那有会能要可以而且上下中里个一些么呢吧啊呗嘛之等为于以将只各每")
"""Words that carry no content of their own."""


@dataclass(frozen=True, slots=True)
class Near:
    """The stretch of an answer that is nearest to a statement."""

    share: float
    """The share of the statement's weight that stands there."""
    tokens: tuple[int, ...]
    opposed: bool
    """One of the two is negated, the other not."""


def content(statement: str, glossary: Glossary) -> tuple[frozenset[str], bool]:
    """The words of a statement that carry content, as `words` names them, and whether it is negated."""
    tokens = glossary.canonical(keys(statement))
    found: set[str] = set()
    for place, key in enumerate(tokens):
        if key in EMPTY:
            continue
        if is_han(key):
            after = tokens[place + 1] if place + 1 < len(tokens) else ""
            if is_han(after) and after not in EMPTY:
                found.add(key + after)
        else:
            found.add(key)
    return frozenset(found), bool(negations(read(statement).folded))


def places(index: Index) -> dict[str, list[int]]:
    """Where each word, term and pair of Han characters of the answer stands."""
    found = {key: list(where) for key, where in index.places.items() if not is_han(key)}
    tokens = index.reading.tokens
    for place in range(len(tokens) - 1):
        if is_han(tokens[place].key) and is_han(tokens[place + 1].key):
            found.setdefault(tokens[place].key + tokens[place + 1].key, []).append(place)
    return found


def nearest(
    words: frozenset[str], negated: bool, rarity: dict[str, float], where: dict[str, list[int]], index: Index
) -> Near:
    """The sentence that says most of `words`, each weighed by its rarity among the points of the question."""
    total = sum(rarity.get(word, 1.0) for word in words) or 1.0
    tokens, told = index.reading.tokens, index.polarity
    said: dict[int, dict[str, int]] = {}
    for word in words:
        for place in where.get(word, ()):
            said.setdefault(tokens[place].sentence, {}).setdefault(word, place)
    best = Near(0.0, (), False)
    for found in said.values():
        share = sum(rarity.get(word, 1.0) for word in found) / total
        if share > best.share:
            hit = tuple(sorted(found.values()))
            denied = sum(told.denied[place] for place in hit) * 2 >= len(hit)
            best = Near(share, hit, denied != negated)
    return best
