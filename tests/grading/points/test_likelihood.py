"""The logistic combination: finite, monotonous, and never moved by a single word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmquiz.grading.points.likelihood import (
    POINT_FEATURES,
    WRONG_FEATURES,
    beside,
    enough,
    logistic,
    logit,
    weights,
)
from llmquiz.grading.points.statements import Fit


def fit(places: int, slots: int, *, unique: float = 0.0, share: float = 0.0) -> Fit:
    """A window that holds so many words of a statement of so many."""
    return Fit(
        **{name: 0 for name in Fit.__dataclass_fields__}
        | {"places": frozenset(range(places)), "slots": slots, "unique": unique, "share": share}
    )  # fmt: skip


@given(st.floats(0, 1))
def test_log_odds_are_finite_and_undone_by_the_logistic(likely: float) -> None:
    assert abs(logit(likely)) < 10
    assert logistic([0.0, 1.0], [logit(likely)]) == pytest.approx(likely, abs=2e-4)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_probability_never_overflows_and_grows_with_its_measure(low: float, high: float) -> None:
    first, second = (logistic([0.5, 2.0], [value]) for value in sorted((low, high)))
    assert 0 <= first <= second <= 1


def test_the_weights_that_ship_fit_the_measures() -> None:
    """A constant and one weight a measure; the second step of a misconception also sees the likeliest point."""
    sizes = {name: len(values) for name, values in weights().items()}
    assert sizes == {
        "point": 1 + len(POINT_FEATURES),
        "wrong": 1 + len(WRONG_FEATURES),
        "point beside": 4,
        "wrong beside": 5,
    }


def test_the_second_step_sees_the_likeliest_misconception_and_the_other_points() -> None:
    alone = [0.9, 0.1, 0.5, 0.8, 0.3]  # three points, two misconceptions
    assert beside(alone, 0, 3) == [logit(0.9), 0.8, pytest.approx(0.3)]
    assert beside(alone, 3, 3) == [logit(0.8), 0.3, pytest.approx(0.5), 0.9]
    assert beside([0.9], 0, 1) == [logit(0.9), 0.0, 0.0]


@pytest.mark.parametrize(
    ("found_words", "slots", "point", "suffices"),
    [(1, 5, True, False), (2, 5, True, True), (1, 1, True, True), (0, 1, True, False), (3, 5, False, False)],
)
def test_a_single_word_of_several_proves_nothing(found_words: int, slots: int, point: bool, suffices: bool) -> None:
    assert enough(fit(found_words, slots), point) is suffices


def test_a_misconception_is_told_by_words_of_its_own_or_by_nearly_all_of_it() -> None:
    assert enough(fit(3, 5, unique=99.0), False)
    assert enough(fit(3, 5, share=1.0), False)
