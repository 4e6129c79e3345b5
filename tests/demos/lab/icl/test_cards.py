"""What the cards say of every arm."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from llmquiz.demos.lab.icl import cards
from llmquiz.demos.lab.icl.arms import INDUCTION, MAPPING

pytestmark = pytest.mark.demo


def test_the_first_noted_step_with_four_fifths_right() -> None:
    assert cards.learned_at((0.1, 0.7, 0.8, 0.9), 400) == 200
    assert cards.learned_at((0.1, 0.7, 0.79, 0.3), 400) == 0


def test_every_arm_is_on_record_with_three_seeds() -> None:
    by_arm = {runs.arm: runs for runs in cards.runs(*MAPPING, *INDUCTION)}
    for name in INDUCTION:
        assert (len(by_arm[name].right), len(by_arm[name].course)) == (3, 3)
        assert all(len(course) == 40 for course in by_arm[name].course)
