"""Statistics on the screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schedule.due_dates import Memory
from llmquiz.schedule.share import Standing
from llmquiz.ui.tables.stats import calendar, stats
from tests.ui.drawn import drawn

EN = Words("en")
TODAY = date(2026, 11, 25)
"""A Wednesday."""
WEEKS = 3
MONDAY = date(2026, 11, 9)
"""The first day of a calendar of so many weeks."""


def statistics(**more: Any) -> dict[str, Any]:
    """What `llmquiz stats` gathers."""
    standard: dict[str, Any] = {
        "answers": 12, "reviews": 34, "items": 5, "days": 6, "retention": {"rate": 0.875, "reviews": 8},
        "forecast": [0, 2, 1], "calendar": {}, "today": TODAY.isoformat(), "rows": [], "levels": [], "topics": [],
    }  # fmt: skip
    return standard | more


def below(title: str, lines: list[str]) -> list[str]:
    """The lines of the part under a title."""
    start = lines.index(title) + 1
    return lines[start : lines.index("", start)]


def days(counts: dict[date, int]) -> list[str]:
    """A calendar: a line a weekday, two cells a week, with what is not there as a space."""
    shown = calendar({day.isoformat(): count for day, count in counts.items()}, TODAY, WEEKS)
    return [line.ljust(2 * WEEKS) for line in drawn(shown)]


@pytest.mark.parametrize("lang", LANGS)
def test_before_the_first_answer_it_says_how_to_begin(lang: Lang) -> None:
    words = Words(lang)
    assert drawn(*stats(statistics(answers=0), words)) == [words("stats.none")]


@pytest.mark.parametrize("lang", LANGS)
def test_totals_and_retention_are_told(lang: Lang) -> None:
    words = Words(lang)
    lines = drawn(*stats(statistics(), words))
    counts = [line.split()[-1] for line in below(words("stats.title"), lines)]
    assert counts == ["12", "34", "5", "6"]
    assert below(words("stats.retention"), lines) == ["  " + words("stats.retention-line", percent=88, count=8)]
    new = drawn(*stats(statistics(retention={"rate": None, "reviews": 0}), words))
    assert below(words("stats.retention"), new) == ["  " + words("stats.no-retention")]
    # A rate of nothing is a rate.
    assert "0 %" in "".join(drawn(*stats(statistics(retention={"rate": 0.0, "reviews": 1}), words)))


def test_the_forecast_is_a_bar_a_day_the_longest_for_the_most() -> None:
    lines = below(EN("stats.forecast"), drawn(*stats(statistics(forecast=[0, 2, 10, 1]), EN)))
    assert [line.split()[0] for line in lines] == [f"{TODAY + timedelta(days=ahead):%m-%d}" for ahead in range(4)]
    assert [line.count("█") for line in lines] == [0, 6, 30, 3]
    assert [line.split()[-1] for line in lines] == ["·", "2", "10", "1"]


def test_nothing_ahead_is_no_fault() -> None:
    assert len(below(EN("stats.forecast"), drawn(*stats(statistics(forecast=[0, 0]), EN)))) == 2


def test_a_calendar_has_a_row_a_weekday_and_a_column_a_week_up_to_today() -> None:
    *rows, span = days({})
    assert rows == ["······"] * 3 + ["····  "] * 4
    assert span == f"{MONDAY} – {TODAY}"


@pytest.mark.parametrize(("day", "row", "column"), [(MONDAY, 0, 0), (date(2026, 11, 22), 6, 1), (TODAY, 2, 2)])
def test_a_day_stands_in_its_week(day: date, row: int, column: int) -> None:
    rows = days({day: 3})
    shaded = [(y, x // 2) for y in range(7) for x in range(2 * WEEKS) if rows[y][x] == "█"]
    assert shaded == [(row, column)] * 2


def test_more_is_darker_and_any_review_at_all_is_seen() -> None:
    counts = [1, 25, 26, 50, 51, 75, 76]
    week = {MONDAY + timedelta(days=number): count for number, count in enumerate(counts)}
    rows = days(week | {TODAY: 100})
    assert [row[0] for row in rows[:7]] == list("░░▒▒▓▓█")
    assert rows[2][4] == "█"


def test_what_lies_before_or_after_is_not_drawn() -> None:
    assert days({MONDAY - timedelta(days=1): 1, TODAY + timedelta(days=1): 1}) == days({})


def test_what_is_known_stands_first_of_all_and_of_each_topic_where_there_are_several() -> None:
    rows = [Standing("", 0, 40, 17, 0)]
    lines = drawn(*stats(statistics(levels=rows, topics=[("First", rows), ("Second", rows)]), EN))
    shown = "\n".join(lines[: lines.index(EN("stats.title"))])
    assert [shown.count(text) for text in ("17 of 40 points known", "First", "Second")] == [3, 1, 1]


def test_the_weakest_are_named_where_there_are_any() -> None:
    memory = Memory("t/q", datetime(2026, 11, 30, tzinfo=UTC), 2.0, 5.0, datetime(2026, 11, 20, tzinfo=UTC), 3, 1)
    lines = drawn(*stats(statistics(rows=[("t/q", "Why?", memory)]), EN))
    assert below(EN("stats.weak"), lines) == ["  · Why?  1 of 3 missed"]
    assert EN("stats.weak") not in drawn(*stats(statistics(), EN))
