"""Past interviews: a line each, and the trends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from llmquiz.interview.judge.verdict import AREAS
from llmquiz.interview.report.past import HABITS, past
from llmquiz.store.store import Interviewed

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SETTING = {"interviewer": "small/lin", "lang": "en", "minutes": 10}


def judged(value: float, answers: int, habit: int) -> dict[str, Any]:
    """A report in which every area came to `value` and every habit to so many of the answers."""
    areas = [{"id": name, "value": value, "weight": 1} for name in AREAS]
    habits = {"answers": answers, **dict.fromkeys(HABITS, habit)}
    return {"finished": True, "verdict": {"step": "yes", "score": value, "areas": areas}, "habits": habits}


def test_an_interview_without_a_report_is_listed_and_makes_no_trend() -> None:
    trends = past([Interviewed("mock-1", AT, SETTING, None)])
    assert trends["interviews"] == [
        {
            "id": "mock-1", "at": AT.isoformat(), "interviewer": "small/lin", "lang": "en", "minutes": 10,
            "practice": False, "finished": False, "verdict": None, "score": None, "areas": {}, "habits": {},
        }
    ]  # fmt: skip
    assert set(map(tuple, [*trends["areas"].values(), *trends["habits"].values()])) == {()}


def test_areas_and_habits_are_one_value_an_interview_in_their_order() -> None:
    reports = [judged(0.5, 4, 3), judged(0.7, 3, 1), judged(0.9, 0, 0)]
    trends = past([Interviewed(f"mock-{n}", AT, SETTING, report) for n, report in enumerate(reports)])
    assert trends["areas"] == {name: [0.5, 0.7, 0.9] for name in AREAS}
    assert trends["habits"] == {name: [0.75, 0.333] for name in HABITS}  # without a long answer there are no habits
