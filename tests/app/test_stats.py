"""What the log says about the learner."""

from __future__ import annotations

import json

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.stats import gathered, report
from llmquiz.schedule.due_dates import Rating
from tests.store import records


@pytest.fixture
def forgotten(context: AppContext) -> AppContext:
    """Somebody who learned one item and forgot it, and learned another today."""
    for days_ago, item, rating in ((10, "gpt3", Rating.good), (2, "gpt3", Rating.again), (0, "pick", Rating.good)):
        records.reviewed(context.store, {f"small/{item}": rating}, -days_ago * records.DAY)
    return context


def test_everything_is_counted_from_the_log(forgotten: AppContext) -> None:
    data = gathered(forgotten)
    assert (data["items"], data["answers"], data["reviews"], data["days"]) == (2, 3, 3, 3)
    assert data["retention"] == {"reviews": 1, "recalled": 0, "rate": 0.0}  # first reviews teach
    assert data["calendar"] == {"2026-11-13": 1, "2026-11-21": 1, "2026-11-23": 1}
    assert (len(data["forecast"]), sum(data["forecast"])) == (14, 2)
    assert [weak["id"] for weak in data["weak"]] == ["small/gpt3"]


def test_json_holds_all_but_the_rows_of_the_screen(forgotten: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    report(forgotten, json=True)
    data = json.loads(capsys.readouterr().out)
    assert sorted(data) == [
        "answers", "calendar", "days", "forecast", "items", "retention", "reviews", "today", "weak",
    ]  # fmt: skip
    assert (data["today"], data["answers"]) == ("2026-11-23", 3)


def test_before_the_first_answer_there_is_nothing_to_measure(context: AppContext) -> None:
    data = gathered(context)
    assert (data["items"], data["retention"]["rate"], data["weak"], data["calendar"]) == (0, None, [], {})


def test_the_screen_names_what_is_weak(forgotten: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    report(forgotten, json=False)
    assert "How many parameters" in capsys.readouterr().out
