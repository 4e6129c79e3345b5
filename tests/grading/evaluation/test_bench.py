"""The bench: every figure on a case small enough to check by hand, both forms of data, the baselines."""

from __future__ import annotations

import json

from llmquiz.grading import Score
from llmquiz.grading.evaluation import bench
from tests.grading.evaluation.counted import LINES, QUESTIONS, second_only


def test_the_figures_of_a_folder_are_those_counted_by_hand() -> None:
    """Points: 1 right (a.second), 2 false (b.second, c.second), 2 missed: F1 2/6. Scores 0.5 against 1, 0, 0.5."""
    figures, predictions = bench.measure(bench.from_folder(QUESTIONS, LINES), second_only, resamples=20)
    named = {name: figures[name] for name in figures if name not in ("by_lang", "by_kind", "intervals", "baselines")}
    assert named == {
        "n": 3,
        "micro_f1": 0.3333,
        "macro_f1": 0.25,
        "false_credit_answers": 1.0,
        "false_credit_slots": 0.5,
        "misconception_f1": 0.5,
        "false_alarm": 1.0,
        "pearson": None,
        "rmse": 0.4082,
        "two_way_macro_f1": None,
        "accepted_contradictory": None,
    }
    assert predictions[0] == {
        "id": "a",
        "covered": ["second"],
        "misconceptions": ["bad_1"],
        "wrong_terms": [],
        "absolute": False,
        "score": 0.5,
    }
    assert sorted(figures["baselines"]) == ["length", "overlap"]
    assert [figures["by_kind"][kind]["n"] for kind in ("excellent", "partial", "wrong")] == [1, 1, 1]


def test_lines_with_labels_are_judged_as_accepted_or_not() -> None:
    labels = ["correct", "correct", "contradictory", "incorrect"]
    lines = [json.dumps({"question": "q", "reference": "One. Two.", "answer": "x", "label": label}) for label in labels]
    figures, _ = bench.measure(bench.from_lines(lines), lambda *_: Score(1.0, second_only().points), resamples=5)
    # all accepted: F1 of "correct" is 4/6, of the rest 0
    assert (figures["two_way_macro_f1"], figures["accepted_contradictory"]) == (0.3333, 1.0)
