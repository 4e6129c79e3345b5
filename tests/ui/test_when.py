"""Dates as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from llmquiz import clock
from llmquiz.messages.ui import Words
from llmquiz.ui.when import when

EVENING = datetime(2026, 11, 23, 22).astimezone(UTC)
LAST = clock.end_of_day(EVENING) - timedelta(seconds=1)
"""The last second of the learner's day, hours after midnight."""
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("due", "en", "zh"),
    [
        (EVENING - 30 * DAY, "today", "今天"),  # overdue: it waits since long, and is asked now
        (EVENING, "today", "今天"),
        (LAST, "today", "今天"),
        (LAST + timedelta(seconds=1), "tomorrow", "明天"),
        (LAST + DAY, "tomorrow", "明天"),
        (LAST + DAY + timedelta(seconds=1), "in 2 days", "2 天后"),
        (EVENING + 40 * DAY, "in 40 days", "40 天后"),
    ],
)
def test_days_are_counted_as_the_learner_lives_them(due: datetime, en: str, zh: str) -> None:
    assert [when(due, EVENING, Words("en")), when(due, EVENING, Words("zh"))] == [en, zh]
