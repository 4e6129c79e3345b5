"""The bench: every figure on a case small enough to check by hand, both forms of data, the baselines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from llmquiz.errors import ContentError
from llmquiz.grading import PointScore, PointState, Remark, Score
from llmquiz.grading.evaluation import bench, metrics

QUESTIONS = {
    "questions": [
        {
            "id": "q_1",
            "en": "Why a cache?",
            "zh": "为什么要缓存？",
            "points": [
                {"id": "first_one", "en": "Keys are reused.", "zh": "键被复用。"},
                {"id": "second", "en": "Memory grows.", "zh": "显存增长。"},
            ],
            "misconceptions": [{"id": "bad_1", "en": "It stores text.", "zh": "它存的是文字。"}],
        }
    ]
}


def line(name: str, kind: str, covered: list[str], wrong: list[str]) -> str:
    """A line of answers.jsonl."""
    return json.dumps(
        {"id": name, "question": "q_1", "lang": "en", "kind": kind, "text": "Memory grows a lot.", "covered": covered,
         "misconceptions": wrong}
    )  # fmt: skip


LINES = [
    line("a", "excellent", ["first_one", "second"], []),
    line("b", "wrong", [], ["bad_1"]),
    line("c", "partial", ["first_one"], []),
]


def second_only(*_: object) -> Score:
    """A grader that credits the second point and sees the misconception, whatever the answer."""
    points = (PointScore("p0", PointState.undecided), PointScore("p1", PointState.met))
    return Score(1.0, points, (Remark("m0"),))


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


def test_a_reference_is_cut_into_its_sentences() -> None:
    assert bench.sentences("Keys stay. Memory grows!  显存增长。好") == ["Keys stay", "Memory grows", "显存增长", "好"]


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


def test_a_question_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ContentError, match=r"answers.jsonl:1: no question 'q_2'"):
        bench.from_folder(QUESTIONS, [LINES[0].replace("q_1", "q_2")])


def test_a_line_without_a_reference_is_refused() -> None:
    with pytest.raises(ContentError, match="line 2: reference"):
        bench.from_lines(["", '{"question": "q", "answer": "a"}'])
