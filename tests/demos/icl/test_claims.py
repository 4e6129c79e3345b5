"""What each claim of icl says where a value is put wrong, or one seed falls short; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.icl.results import Runs
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("icl")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("icl", claim, changed(RESULT, values))


def _runs_with(arm: str, **values: Any) -> tuple[Runs, ...]:
    return tuple(changed(runs, values) if runs.arm == arm else runs for runs in RESULT.runs)


@pytest.mark.parametrize("arm", ["encoder-decoder", "encoder"])
def test_one_seed_that_falls_short_of_the_best_is_noticed(arm: str) -> None:
    right = RESULT.seeds(arm).right
    assert _holds("all-reach") is True
    assert _holds("all-reach", runs=_runs_with(arm, right=(*right[:2], 0.86))) is False


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


def test_a_decoder_that_had_it_by_nature_would_be_noticed() -> None:
    assert _holds("by-nature") is False
    assert _holds("by-nature", untrained=RESULT.of("decoder").right[-1]) is True


def test_a_larger_model_is_not_of_equal_size() -> None:
    assert _holds("equal-size") is True
    first, *rest = RESULT.trained
    for factor, holds in ((1.01, True), (1.1, False)):
        larger = replace(first, parameters=round(factor * first.parameters))
        assert _holds("equal-size", trained=(larger, *rest)) is holds


@pytest.mark.breaks("mask-or-not")
@pytest.mark.parametrize(
    ("claim", "arm", "right"),
    [
        ("copies", "induction-encoder-decoder", (1.0, 1.0, 0.9)),
        ("mask-or-not", "induction-bidirectional", (1.0, 0.9, 1.0)),
        ("mask-or-not", "induction-causal", (0.9, 1.0, 1.0)),
    ],
)
def test_one_seed_of_induction_that_falls_short_is_noticed(claim: str, arm: str, right: tuple[float, ...]) -> None:
    assert _holds(claim) is True
    assert _holds(claim, runs=_runs_with(arm, right=right)) is False
