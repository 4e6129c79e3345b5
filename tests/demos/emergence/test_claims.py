"""What each claim of emergence says where a score is put wrong; no model is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.emergence.claims import reaches
from llmquiz.demos.lab.results import Rung, Score
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("emergence")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("emergence", claim, changed(RESULT, values))


def _scored(rung: Rung, change: Callable[[Score], Score]) -> Rung:
    return replace(rung, scores=tuple(change(score) for score in rung.scores))


@pytest.mark.parametrize("claim", ["power-predicts", "exact-match-jumps", "length-moves-it"])
def test_errors_that_come_all_together_make_no_power(claim: str) -> None:
    """Where a text is right or wrong as a whole, exact match is the share of tokens, and nothing jumps."""
    together = tuple(_scored(rung, lambda s: replace(s, in_a_row=(s.right,) * 5)) for rung in RESULT.rungs)
    assert _holds(claim) is True
    assert _holds(claim, rungs=together) is False


def test_a_leap_of_the_tokens_themselves_is_noticed() -> None:
    """A model that has nothing right and, one size on, nearly everything."""
    low = [_scored(rung, lambda s: replace(s, right=0.26 + s.right / 100)) for rung in RESULT.rungs[:3]]
    assert _holds("tokens-rise") is True
    assert _holds("tokens-rise", rungs=(*low, *RESULT.rungs[3:])) is False
    assert _holds("tokens-rise", rungs=RESULT.rungs[::-1]) is False


def test_progress_that_is_none_is_noticed() -> None:
    first = RESULT.rungs[0]
    assert _holds("progress-unseen") is True
    assert _holds("progress-unseen", rungs=(first, first, *RESULT.rungs[2:])) is False
    assert _holds("progress-unseen", rungs=RESULT.rungs[1:]) is False, "exact match sees that step"


def test_an_exam_that_is_passed_or_never_passed_is_noticed() -> None:
    assert _holds("zero-is-the-exam") is True
    assert _holds("zero-is-the-exam", few=replace(RESULT.few, right=1)) is False
    assert _holds("zero-is-the-exam", many=RESULT.few) is False


@pytest.mark.parametrize(
    ("shares", "parameters"),
    [
        pytest.param((0.0, 0.2, 0.6), 100 * 10**0.5, id="half way up, on the axis of log N"),
        pytest.param((0.0, 0.1, 0.6), 1000, id="a rung on the level is where it is reached"),
        pytest.param((0.0, 0.05, 0.09), 0, id="never"),
        pytest.param((0.2, 0.3, 0.4), 0, id="already above"),
    ],
)
def test_where_the_level_is_reached(shares: tuple[float, ...], parameters: float) -> None:
    rungs = [Rung("", 100 * 10**i, 0, 0, (Score(0.0, 0.0, (0.0, share, 0.0)),)) for i, share in enumerate(shares)]
    assert reaches(rungs, 1) == pytest.approx(parameters)
