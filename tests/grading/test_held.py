"""The figures that the README prints, on answers that neither cues nor weights were made with."""

from __future__ import annotations

import pytest

from tests.grading import held


@pytest.mark.parametrize(
    ("statements_only", "least"),
    [
        (False, {"micro_f1": 0.90, "misconception_f1": 0.75}),
        (True, {"micro_f1": 0.80, "misconception_f1": 0.75}),
    ],
    ids=["with cues", "statements only"],
)
def test_the_grader_agrees_with_labels_it_has_not_seen(statements_only: bool, least: dict[str, float]) -> None:
    figures = held.figures(statements_only=statements_only, resamples=1)
    assert figures["n"] >= 200
    assert {name: figures[name] >= bound for name, bound in least.items()} == dict.fromkeys(least, True)
    assert figures["false_credit_answers"] <= 0.15
    assert figures["false_credit_slots"] <= 0.05
    assert figures["false_alarm"] <= 0.08
    assert abs(figures["by_lang"]["en"]["micro_f1"] - figures["by_lang"]["zh"]["micro_f1"]) <= 0.05
    assert figures["micro_f1"] > figures["baselines"]["overlap"]["micro_f1"]


def test_every_label_names_a_point_of_its_question() -> None:
    for case in held.cases():
        known = {entry.id for entry in (*case.question.points, *case.question.misconceptions)}
        assert (case.covered or frozenset()) | case.wrong <= known, case.id
