"""What each claim of icl says where a value is put wrong, or one seed falls short; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.icl.claims import Copier, Head, Runs, percent, reached
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("icl")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("icl", claim, changed(RESULT, values))


def _runs_with(arm: str, **values: Any) -> tuple[Runs, ...]:
    return tuple(changed(runs, values) if runs.arm == arm else runs for runs in RESULT.runs)


def _copiers_with(arm: str, **values: Any) -> tuple[Copier, ...]:
    return tuple(changed(copier, values) if copier.arm == arm else copier for copier in RESULT.copiers)


@pytest.mark.breaks("one-loss")
@pytest.mark.parametrize(
    ("claim", "arm"), [("all-reach", "encoder-decoder"), ("one-loss", "decoder-last"), ("one-loss", "encoder-slot")]
)
def test_one_seed_that_falls_short_of_the_best_is_noticed(claim: str, arm: str) -> None:
    right = RESULT.seeds(arm).right
    assert _holds(claim) is True
    assert _holds(claim, runs=_runs_with(arm, right=(*right[:2], 0.86))) is False


@pytest.mark.parametrize("shift", [0.08, -0.08])
def test_a_model_that_gains_otherwise_than_the_best_reader_is_noticed(shift: float) -> None:
    decoder, *rest = RESULT.trained
    strange = replace(decoder, right=(decoder.right[0], RESULT.best[1] + shift, *decoder.right[2:]))
    assert _holds("with-examples") is True
    assert _holds("with-examples", trained=(strange, *rest)) is False


def test_the_sheet_would_be_right_if_no_encoder_got_beyond_halfway() -> None:
    low = tuple(
        replace(model, right=(RESULT.copying,) * 8) if model.arm.startswith("encoder") else model
        for model in RESULT.trained
    )
    assert _holds("bert-cannot") is False
    assert _holds("bert-cannot", trained=low) is True


@pytest.mark.breaks("without-mask")
def test_a_twin_that_is_late_or_falls_short_is_noticed() -> None:
    twin, latest = RESULT.seeds("bidirectional"), max(RESULT.seeds("decoder").learned_at)
    assert _holds("without-mask") is True
    for values in (
        {"learned_at": (2 * latest, *twin.learned_at[1:])},
        {"learned_at": (0, *twin.learned_at[1:])},
        {"right": (0.8, *twin.right[1:])},
    ):
        assert _holds("without-mask", runs=_runs_with("bidirectional", **values)) is False


@pytest.mark.breaks("loss-matters")
def test_losses_that_overlap_are_not_apart() -> None:
    least = min(RESULT.seeds("split-decoder").right)
    assert _holds("loss-matters") is True
    for highest, holds in ((least - 0.11, True), (least - 0.09, False)):
        runs = _runs_with("split-decoder-last", right=(0.0, highest, 0.1))
        assert _holds("loss-matters", runs=runs) is holds


def test_a_decoder_that_had_it_by_nature_would_be_noticed() -> None:
    assert _holds("by-nature") is False
    assert _holds("by-nature", untrained=RESULT.of("decoder").right[-1]) is True


def test_a_larger_model_is_not_of_equal_size() -> None:
    assert _holds("equal-size") is True
    first, *rest = RESULT.trained
    for factor, holds in ((1.01, True), (1.1, False)):
        larger = replace(first, parameters=round(factor * first.parameters))
        assert _holds("equal-size", trained=(larger, *rest)) is holds


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


@pytest.mark.breaks("mask-or-not", "dense-sooner", "slot-as-soon")
@pytest.mark.parametrize(
    ("claim", "arm", "values"),
    [
        ("copies", "induction-encoder-decoder", {"right": (1.0, 1.0, 0.9)}),
        ("mask-or-not", "induction-bidirectional", {"right": (1.0, 0.9, 1.0)}),
        ("mask-or-not", "induction-causal", {"right": (0.9, 1.0, 1.0)}),
        ("dense-sooner", "induction-decoder", {"learned_at": (200, 0, 200)}),
        ("dense-sooner", "induction-decoder", {"learned_at": (200, 1100, 200)}),
        ("dense-sooner", "induction-decoder-last", {"learned_at": (0, 900, 0)}),
        ("slot-as-soon", "induction-encoder-slot", {"learned_at": (400, 400, 0)}),
    ],
)
def test_one_seed_of_induction_that_falls_short_is_noticed(
    claim: str, arm: str, values: dict[str, tuple[float, ...]]
) -> None:
    assert _holds(claim) is True
    assert _holds(claim, runs=_runs_with(arm, **values)) is False


def test_the_finders_are_the_heads_of_one_kind_that_look_at_one_place() -> None:
    def head(kind: str, number: int, *places: float) -> Head:
        return Head(kind, 0, number, places, 0.0, 1.0)

    heads = (head("self", 0, 0.0, 0.0, 0.6), head("cross", 0, 0.0, 0.1, 0.9), head("cross", 1, 0.0, 0.0, 0.5))
    copier = Copier("x", 1, 1.0, heads, 0.1, 0.0)
    assert (copier.finder, copier.finder.back, copier.finders) == (heads[1], 2, heads[1:])


def test_seeds_are_written_side_by_side_and_one_that_never_learned_as_a_dash() -> None:
    assert percent((0.987, 1.0, 0.5)) == "99/100/50%"
    assert reached(replace(RESULT.runs[0], learned_at=(200, 0, 300))) == "200 – 300"
