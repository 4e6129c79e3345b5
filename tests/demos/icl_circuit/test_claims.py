"""What each claim of icl-circuit says where a value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.icl_circuit.claims import Copier, Head
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("icl-circuit")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("icl-circuit", claim, changed(RESULT, values))


def _copiers_with(arm: str, **values: Any) -> tuple[Copier, ...]:
    return tuple(changed(copier, values) if copier.arm == arm else copier for copier in RESULT.copiers)


@pytest.mark.parametrize("along", [(0.9, *RESULT.along[1:]), (*RESULT.along[:-1], 0.9)])
def test_a_token_known_before_it_was_seen_and_one_forgotten_are_noticed(along: tuple[float, ...]) -> None:
    assert _holds("only-repeats") is True
    assert _holds("only-repeats", along=along) is False


@pytest.mark.parametrize(
    ("arm", "places", "holds"),
    [
        ("induction-decoder", (0.0, 0.0, 0.9), False),
        ("induction-decoder", (0.4, 0.0, 0.0), False),
        ("induction-encoder-decoder", (0.0, 0.0, 0.9), True),
        ("induction-encoder-decoder", (0.4, 0.3, 0.3), False),
    ],
)
def test_a_finder_that_looks_elsewhere_is_noticed(arm: str, places: tuple[float, ...], holds: bool) -> None:
    heads = tuple(replace(head, places=places) for head in RESULT.copier(arm).heads)
    assert _holds("copying-head", copiers=_copiers_with(arm, heads=heads)) is holds


def test_a_head_that_looked_there_before_the_training_is_noticed() -> None:
    assert _holds("copying-head", copiers=_copiers_with("induction-decoder", fresh=0.4)) is False


def test_layers_that_others_could_stand_in_for_are_no_circuit() -> None:
    heads = RESULT.copier("induction-decoder").heads
    idle = tuple(replace(head, without=0.9 if head.layer == 0 else head.without) for head in heads)
    all_matter = tuple(replace(head, without=0.1) for head in heads)
    elsewhere = tuple(replace(head, previous=0.1) for head in heads)
    assert _holds("two-layers") is True
    for values in ({"heads": idle}, {"heads": all_matter}, {"heads": elsewhere}, {"without": 0.9}):
        assert _holds("two-layers", copiers=_copiers_with("induction-decoder", **values)) is False


def test_the_finders_are_the_heads_of_one_kind_that_look_at_one_place() -> None:
    def head(kind: str, number: int, *places: float) -> Head:
        return Head(kind, 0, number, places, 0.0, 1.0)

    heads = (head("self", 0, 0.0, 0.0, 0.6), head("cross", 0, 0.0, 0.1, 0.9), head("cross", 1, 0.0, 0.0, 0.5))
    copier = Copier("x", 1.0, heads, 0.1, 0.0)
    assert (copier.finder, copier.finder.back, copier.finders) == (heads[1], 2, heads[1:])
