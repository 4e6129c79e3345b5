"""The thesaurus that ships: every concept has a weight, and nothing is its own opposite."""

from __future__ import annotations

from llmquiz.grading.text.read import keys
from llmquiz.grading.text.thesaurus import thesaurus


def test_a_concept_and_its_opposite_are_told_by_their_forms() -> None:
    forms = thesaurus().forms
    assert ("~more", 1) in forms["grow"][("grow",)]
    (shrink,) = keys("shrink")
    assert ("~more", -1) in forms[shrink][(shrink,)]


def test_every_concept_has_a_weight_and_every_form_its_first_token() -> None:
    known = thesaurus()
    for first, forms in known.forms.items():
        for form, senses in forms.items():
            assert form[0] == first
            assert len(form) <= known.longest
            assert {name.removeprefix("~") for name, _ in senses} <= set(known.weights)
    assert all(0 < weight <= 1 for weight in known.weights.values())


def test_no_form_says_a_concept_and_its_opposite() -> None:
    both_ways = [
        (form, name)
        for forms in thesaurus().forms.values()
        for form, senses in forms.items()
        for name, sign in senses
        if (name, -sign) in senses
    ]
    assert both_ways == []
