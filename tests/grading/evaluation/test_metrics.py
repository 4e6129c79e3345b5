"""Agreement in figures: what a perfect grader comes to, and how sure a figure is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llmquiz.grading import Score
from llmquiz.grading.evaluation import bench, metrics
from tests.grading.evaluation.counted import LINES, QUESTIONS, second_only


def test_the_interval_holds_the_figure_and_is_the_same_every_time() -> None:
    rows = [bench.row(case, second_only()) for case in bench.from_folder(QUESTIONS, LINES * 5)]
    low, high = metrics.false_alarm.interval(rows, 200) or [0, 0]
    assert low <= (metrics.false_alarm(rows) or 0) <= high
    assert metrics.report(rows, 50) == metrics.report(rows, 50)


def test_an_interval_draws_answers_and_not_kinds_of_answer() -> None:
    """One alarm among 50 quiet answers: about 0 to 3 of them are drawn again."""
    quiet = bench.row(bench.from_folder(QUESTIONS, LINES)[0], Score(0.0, ()))
    rows = [replace(quiet, found_wrong=frozenset({"bad_1"})), *[quiet] * 49]
    assert metrics.false_alarm(rows) == 0.02
    low, high = metrics.false_alarm.interval(rows, 1000) or [1, 1]
    assert low == 0.0
    assert 0.02 <= high <= 0.08


def test_a_perfect_grader_has_no_fault() -> None:
    rows = [bench.row(case, second_only()) for case in bench.from_folder(QUESTIONS, LINES)]
    perfect = [
        replace(row, found_points=row.true_points, found_wrong=row.true_wrong, found_score=row.true_score)
        for row in rows
    ]
    figures = metrics.report(perfect, 5)
    assert [figures[name] for name in ("micro_f1", "false_credit_slots", "misconception_f1", "pearson", "rmse")] == [
        1.0, 0.0, 1.0, 1.0, 0.0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sums", "value"), [((2, 1, 1), 0.6667), ((0, 1, 0), 0.0), ((0, 0, 0), None), ((3, 0, 0), 1.0)]
)
def test_f1_counts_right_false_and_missed(sums: tuple[int, int, int], value: float | None) -> None:
    result = metrics.f1(sums)
    assert (None if result is None else round(result, 4)) == value
