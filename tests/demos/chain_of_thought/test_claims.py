"""What each claim of chain-of-thought says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.chain_of_thought.claims import SLOTS, Way
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("chain-of-thought")
LONG = RESULT.way("long").by_bits
"""Of a model that has learnt ten bits."""


def _finding(claim: str, **values: Any) -> bool | None:
    return verdict("chain-of-thought", claim, changed(RESULT, values))


def _with(name: str, **changes: Any) -> tuple[Way, ...]:
    """The ways, one of them with other values."""
    return tuple(replace(way, **changes) if way.name == name else way for way in RESULT.ways)


def _at(place: int, share: float, shares: tuple[float, ...]) -> tuple[float, ...]:
    return (*shares[:place], share, *shares[place + 1 :])


@pytest.mark.parametrize("name", ["steps", "dots", "direct"])
def test_a_way_that_takes_one_pass_more_or_fewer_positions_is_noticed(name: str) -> None:
    way = RESULT.way(name)
    assert _finding("cost") is True
    for changes in ({"passes": way.passes + 1}, {"positions": way.positions - 1}):
        assert _finding("cost", ways=_with(name, **changes)) is False


def test_one_length_or_one_seed_that_fails_with_steps_is_noticed() -> None:
    assert _finding("steps-learn") is True
    assert _finding("steps-learn", ways=_with("steps", seeds=(1.0, 0.9, 1.0))) is False
    assert _finding("steps-learn", ways=_with("steps", by_bits=_at(3, 0.96, RESULT.way("steps").by_bits))) is False


@pytest.mark.parametrize(
    ("claim", "name"), [("direct-behind", "direct"), ("dots-behind", "dots"), ("labels-behind", "labels")]
)
def test_a_way_that_learns_ten_bits_is_not_behind(claim: str, name: str) -> None:
    assert _finding(claim) is True
    assert _finding(claim, ways=_with(name, by_bits=_at(SLOTS - 1, 0.85, RESULT.way(name).by_bits))) is False
    assert _finding(claim, ways=_with(name, seeds=(0.5, 0.5, 0.86))) is False


def test_a_longer_training_that_fails_once_is_noticed() -> None:
    assert _finding("direct-later") is True
    assert _finding("direct-later", ways=_with("long", by_bits=_at(SLOTS - 1, 0.89, LONG))) is False
    assert _finding("direct-later", ways=_with("long", seeds=(0.98, 0.89, 0.98))) is False


def test_the_sheet_would_be_right_without_a_gain_or_with_a_model_that_large() -> None:
    assert _finding("needs-100b") is False
    assert _finding("needs-100b", ways=_with("steps", by_bits=RESULT.way("direct").by_bits)) is True
    assert _finding("needs-100b", parameters=2 * 10**11) is True


def test_one_step_that_turns_too_few_answers_is_noticed() -> None:
    assert _finding("steps-used") is True
    assert _finding("steps-used", **{"flips.step": _at(4, 0.94, RESULT.flips.step)}) is False


@pytest.mark.parametrize(("place", "share"), [(4, 0.06), (5, 0.94)], ids=["a past bit", "a bit to come"])
def test_one_bit_that_turns_too_many_or_too_few_is_noticed(place: int, share: float) -> None:
    assert _finding("state-is-written") is True
    assert _finding("state-is-written", **{"flips.bit": _at(place, share, RESULT.flips.bit)}) is False


def test_bits_matter_where_nothing_is_written() -> None:
    """The control of the flipped bits."""
    assert min(RESULT.flips.bit_direct) > 0.7
    assert _finding("state-is-written", **{"flips.bit": RESULT.flips.bit_direct}) is False
