"""What each claim of sentence-vectors says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.sentence_vectors.claims import Variants
from llmquiz.demos.sentence_vectors.sentences import AGREE, DIFFER, FAMILIES, KINDS
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("sentence-vectors")


def with_cosines(kind: str, cosine: float) -> dict[str, tuple[Variants, ...]]:
    """The variants, where all of one kind have this cosine."""
    n = RESULT.sentences
    return {"variants": tuple(replace(v, cosines=n * (cosine,)) if v.kind == kind else v for v in RESULT.variants)}


def with_hits(kind: str) -> dict[str, Any]:
    """The hits, all of one kind."""
    return {"hits": tuple(replace(hit, kind=kind) for hit in RESULT.hits)}


@pytest.mark.breaks("topic-is-seen", "roles-are-lost", "false-comes-first", "bag-of-words")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("topic-is-seen", {"topic_auc": 0.5}, id="topics by a coin"),
        pytest.param("roles-are-lost", with_cosines("swap", 0.0), id="a swap is far"),
        pytest.param("roles-are-lost", with_cosines("number", 0.0), id="another number is far"),
        pytest.param("negation-is-far", with_cosines("negation", 0.0), id="a negation is far"),
        pytest.param("cosine-is-agreement", {"agree_auc": 1.0}, id="agreement is nearer"),
        pytest.param("false-comes-first", with_hits("paraphrase"), id="the paraphrase comes first"),
        pytest.param("false-comes-first", with_hits("synonym"), id="the synonym comes first"),
        pytest.param("bag-of-words", {"shuffled": 1.0}, id="no order at all"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("sentence-vectors", claim, RESULT)
    assert verdict("sentence-vectors", claim, changed(RESULT, values)) is not before


def test_a_variant_is_nearer_only_where_its_cosine_is_larger() -> None:
    few = with_cosines("paraphrase", 0.9)["variants"]
    cosines = (0.95, *(RESULT.sentences - 1) * (0.9,))
    result = replace(RESULT, variants=tuple(replace(v, cosines=cosines) if v.kind == "swap" else v for v in few))
    assert result.nearer("swap") == 1


def test_no_two_texts_are_the_same_and_every_kind_is_there() -> None:
    texts = [text for family in FAMILIES for text in family]
    assert len(set(texts)) == len(texts) == 7 * len(FAMILIES)
    assert (KINDS, set(AGREE) & set(DIFFER)) == (FAMILIES[0]._fields[1:6], set())


def test_a_negation_and_a_question_are_what_they_are_called() -> None:
    for family in FAMILIES:
        assert (" not " in family.negation, " not " in family.sentence) == (True, False)
        assert family.question.endswith("?")
        assert len(family.synonym.split()) == len(family.number.split()) == len(family.sentence.split())
        for text in (family.synonym, family.number):
            changes = [a != b for a, b in zip(text.split(), family.sentence.split(), strict=True)]
            assert sum(changes) == 1, text
