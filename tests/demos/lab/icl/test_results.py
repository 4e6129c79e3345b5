"""How what seeds reached is written."""

from __future__ import annotations

import pytest

from llmquiz.demos.lab.icl.results import Runs, course, percent, reached, span


def test_seeds_are_written_side_by_side_and_one_that_never_learned_as_a_dash() -> None:
    runs = Runs("decoder", 0.01, 400, (0.9, 0.5, 1.0), (200, 0, 300), ((0.0, 0.5), (0.0, 0.7), (0.0, 0.9)))
    assert percent((0.987, 1.0, 0.5)) == "99/100/50%"
    assert reached(runs) == "200 – 300"
    drawn = course(runs, "a")
    assert (drawn.name, list(drawn.x), drawn.y) == ("a", [0.0, 200.0], pytest.approx([0.0, 70.0]))


@pytest.mark.parametrize(
    ("shares", "written"), [((0.912, 0.914), "91%"), ((0.55, 0.38, 0.41), "38–55%"), ((1.0, 0.99), "99–100%")]
)
def test_shares_are_written_from_the_lowest_to_the_highest(shares: tuple[float, ...], written: str) -> None:
    assert span(shares) == written
