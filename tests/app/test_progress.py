"""How fast the learner is."""

from __future__ import annotations

from llmquiz.app.context import AppContext
from llmquiz.app.progress import pace
from llmquiz.schedule.pace import AT_FIRST
from tests.store.records import DAY, NOW, record


def test_the_pace_is_that_of_the_answers_that_were_given(context: AppContext) -> None:
    assert pace(context).seconds("number") == AT_FIRST.get("number", 35.0)
    for number in range(3):
        record(context.store, question="small/gpt3", at=NOW + number * DAY)
    record(context.store, question="gone/since")
    assert pace(context).seconds("number") == 12.5
