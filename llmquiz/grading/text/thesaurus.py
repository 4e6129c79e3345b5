"""Everyday words that say the same in explanations, in both languages: thesaurus.txt, read when first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from llmquiz.grading.text.read import keys

Sense = tuple[str, int]
"""A concept and +1, or -1 for its opposite."""


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The senses of each form, by the form's first token, and the weight of each concept."""

    forms: dict[str, dict[tuple[str, ...], tuple[Sense, ...]]]
    weights: dict[str, float]
    longest: int


@lru_cache(maxsize=1)
def thesaurus() -> Thesaurus:
    """The thesaurus that comes with the grader."""
    forms: dict[str, dict[tuple[str, ...], tuple[Sense, ...]]] = {}
    weights: dict[str, float] = {}
    longest = 1
    for line in Path(__file__).with_name("thesaurus.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, _, listed = line.partition(":")
        name, _, weight = head.partition(" ")
        concept, sign = name.lstrip("-"), -1 if name.startswith("-") else 1
        if sign > 0:
            weights[concept] = float(weight or 1)
        for form in listed.split(","):
            tokens = keys(form)
            if tokens:
                senses = forms.setdefault(tokens[0], {})
                # ~ tells a concept from a term of the glossary (@) and from a plain word.
                senses[tokens] = (*senses.get(tokens, ()), (f"~{concept}", sign))
                longest = max(longest, len(tokens))
    return Thesaurus(forms, weights, longest)
