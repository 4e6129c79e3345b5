"""Older labelled answers: the reader beside what can be had without one, and labels that name what is there."""

from __future__ import annotations

import pytest

from tests.grading import held


@pytest.mark.reader
@pytest.mark.slow
def test_the_reader_is_better_than_shared_words_and_than_length() -> None:
    figures = held.figures(resamples=1)
    assert figures["n"] >= 200
    for baseline in ("overlap", "length"):
        assert figures["micro_f1"] > figures["baselines"][baseline]["micro_f1"]
    assert figures["false_alarm"] < figures["baselines"]["overlap"]["false_alarm"]


def test_every_label_names_a_point_of_its_question() -> None:
    for case in held.cases():
        known = {entry.id for entry in (*case.question.points, *case.question.misconceptions)}
        assert (case.covered or frozenset()) | case.wrong <= known, case.id
