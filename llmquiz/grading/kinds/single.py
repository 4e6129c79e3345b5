"""What all questions with one answer share."""

from __future__ import annotations

from llmquiz.grading.score import PointScore, PointState, Score, value_of


def single(state: PointState, because: str = "") -> Score:
    """The Score of a question with one answer."""
    points = (PointScore("", state, because),)
    return Score(value_of(points), points)
