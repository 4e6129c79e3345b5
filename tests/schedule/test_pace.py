"""How long a learner takes: by kind, from what lies between two answers."""

from __future__ import annotations

from llmquiz.schedule.pace import AT_FIRST, OTHERS, PAUSE, Pace, gaps


def test_between_two_answers_lies_reading_and_typing() -> None:
    answers = [("a", "s1", 100.0, 20.0), ("b", "s1", 190.0, 30.0), ("c", "s2", 5000.0, 40.0)]
    assert gaps(answers) == [("a", 20.0), ("b", 90.0), ("c", 40.0)]


def test_a_pause_and_a_clock_set_back_are_not_taken_for_the_question() -> None:
    answers = [("a", "s", 100.0, 20.0), ("b", "s", 100.0 + PAUSE + 1, 30.0), ("c", "s", 50.0, 25.0)]
    assert gaps(answers) == [("a", 20.0), ("b", 30.0), ("c", 25.0)]


def test_the_learners_own_pace_counts_from_three_answers_on() -> None:
    assert Pace([("open", 30.0)] * 2).seconds("open") == AT_FIRST["open"]
    assert Pace([("open", 30.0), ("open", 40.0), ("open", 500.0)]).seconds("open") == 40.0
    assert Pace([]).seconds("term") == OTHERS


def test_minutes_are_rounded_up() -> None:
    own = Pace([("term", 20.0)] * 3)
    assert [own.minutes(["term"] * count) for count in (0, 1, 3, 4)] == [0, 1, 1, 2]
