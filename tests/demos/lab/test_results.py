"""What shared measurements come to."""

from __future__ import annotations

from llmquiz.demos.lab.results import Rung, Score


def test_a_rung_is_compared_by_the_means_over_its_seeds() -> None:
    scores = (Score(3.0, 0.25, (0.0,)), Score(2.0, 0.5, (0.0,)), Score(1.0, 0.75, (0.0,)), Score(2.0, 1.0, (0.0,)))
    rung = Rung("d4", 100, 50, 1000, scores)
    assert (rung.mean_loss, rung.mean_right) == (2.0, 0.625)
