"""How far and how fast the learner is, and what today asks for."""

from __future__ import annotations

import pytest

from llmquiz.app.chosen import Chosen, choose
from llmquiz.app.context import AppContext
from llmquiz.app.progress import by_level, pace, standing, today_share
from llmquiz.schedule.due_dates import Rating
from llmquiz.schedule.pace import AT_FIRST
from llmquiz.schedule.share import Standing
from tests.store import records
from tests.store.records import DAY, NOW, record


def test_the_pace_is_that_of_the_answers_that_were_given(context: AppContext) -> None:
    assert pace(context).seconds("number") == AT_FIRST.get("number", 35.0)
    for number in range(3):
        record(context.store, question="small/gpt3", at=NOW + number * DAY)
    record(context.store, question="gone/since")
    assert pace(context).seconds("number") == 12.5


def test_today_has_its_share_of_a_plan(context: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    assert today_share(context) is None
    choose(context, "plan", "2026-11-26 core")
    part = today_share(context)
    assert part is not None
    assert (len(part.due), len(part.new), part.begun, part.left, part.days) == (0, 4, 0, 3, 3)
    records.reviewed(context.store, {"small/gpt3": Rating.good})
    part = today_share(context)
    assert part is not None
    assert (len(part.new), part.begun, part.left) == (3, 1, 3)
    monkeypatch.setenv("LLMQUIZ_NOW", "2026-11-26T12:00:00Z")
    part = today_share(context)
    assert part is not None
    assert (len(part.due), part.new, part.days) == (1, [], 0)
    monkeypatch.setenv("LLMQUIZ_NOW", "2026-11-27T12:00:00Z")
    assert today_share(context) is None


def test_levels_are_those_of_the_topics_chosen(context: AppContext) -> None:
    rows = [Standing("a", 0, 4, 2, 1), Standing("b", 0, 6, 1, 0), Standing("b", 1, 3, 0, 0)]
    assert by_level(rows, Chosen()) == [Standing("", 0, 10, 3, 1), Standing("", 1, 3, 0, 0)]
    assert by_level(rows, Chosen(topics=("a",))) == [Standing("", 0, 4, 2, 1)]
    assert [row.total for row in standing(context)] == [8, 1]
