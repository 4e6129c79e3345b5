"""What each claim of icl-loss says where one seed falls short; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.icl.results import Runs
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("icl-loss")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("icl-loss", claim, changed(RESULT, values))


def _runs_with(arm: str, **values: Any) -> tuple[Runs, ...]:
    return tuple(changed(runs, values) if runs.arm == arm else runs for runs in RESULT.runs)


@pytest.mark.parametrize("arm", ["decoder-last", "encoder-slot"])
def test_one_seed_that_falls_short_of_the_best_is_noticed(arm: str) -> None:
    right = RESULT.seeds(arm).right
    assert _holds("one-loss") is True
    assert _holds("one-loss", runs=_runs_with(arm, right=(*right[:2], 0.86))) is False


def test_losses_that_overlap_are_not_apart() -> None:
    least = min(*RESULT.seeds("split-decoder").right, RESULT.here("split-decoder"))
    assert _holds("loss-matters") is True
    for highest, holds in ((least - 0.11, True), (least - 0.09, False)):
        runs = _runs_with("split-decoder-last", right=(0.0, highest, 0.1))
        assert _holds("loss-matters", runs=runs) is holds


@pytest.mark.parametrize(
    ("claim", "arm", "learned_at"),
    [
        ("dense-sooner", "induction-decoder", (200, 0, 200)),
        ("dense-sooner", "induction-decoder", (200, 1100, 200)),
        ("dense-sooner", "induction-decoder-last", (0, 900, 0)),
        ("slot-as-soon", "induction-encoder-slot", (400, 400, 0)),
    ],
)
def test_one_seed_of_induction_that_falls_short_is_noticed(claim: str, arm: str, learned_at: tuple[int, ...]) -> None:
    assert _holds(claim) is True
    assert _holds(claim, runs=_runs_with(arm, learned_at=learned_at)) is False


@pytest.mark.breaks("more-is-sooner")
def test_an_encoder_that_is_sooner_with_more_losses_is_noticed() -> None:
    """As soon with half of the tokens as it was with one, and the other way round."""
    steps = {"induction-encoder-50": 400, "induction-encoder-15": 1000, "induction-encoder-slot": 2000}
    runs = tuple(replace(r, learned_at=(steps[r.arm],) * 3) if r.arm in steps else r for r in RESULT.runs)
    assert _holds("more-is-sooner") is False
    assert _holds("more-is-sooner", runs=runs) is True
    never = tuple(replace(r, learned_at=(0,) * 3) if r.arm in steps else r for r in RESULT.runs)
    assert _holds("more-is-sooner", runs=never) is False
