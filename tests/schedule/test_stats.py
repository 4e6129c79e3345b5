"""Retention, calendar, forecast, weak points and the plan, from rows made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from llmquiz.errors import LlmquizError
from llmquiz.schedule.due_dates import Activity, Memory, Rating, retrievability, review
from llmquiz.schedule.stats import Retention, Totals, calendar, forecast, plan, retention, totals, weakest

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True, params=["UTC", "Asia/Kathmandu", "America/St_Johns"])
def zone(request: pytest.FixtureRequest, set_zone: Callable[[str], None]) -> str:
    """Days are local: every test runs where they begin at 22:15, 04:00 and 07:30 UTC."""
    set_zone(request.param)
    return str(request.param)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A local moment of November 2026, in UTC."""
    return datetime(2026, 11, day, hour, minute).astimezone(UTC)


def span(at: datetime, reviews: int, agains: int = 0, firsts: int = 0, first_agains: int = 0) -> Activity:
    return Activity(at, 1, 1800.0, reviews, agains, firsts, first_agains)


def item(name: str, due: datetime, stability: float = 2.0, lapses: int = 0) -> Memory:
    return Memory(name, due, stability, 5.0, due - 2 * DAY, 3, lapses)


def test_true_retention_leaves_first_reviews_out() -> None:
    """5 + 10 reviews, 2 + 4 of them first ones: 9 count; of 1 + 3 agains 1 + 1 were first ones: 2 count."""
    rows = [span(local(20, 9), 5, 1, 2, 1), span(local(22, 9), 10, 3, 4, 1)]
    assert retention(rows) == Retention(reviews=9, recalled=7)
    assert retention(rows).rate == pytest.approx(7 / 9)
    assert retention(rows, since=date(2026, 11, 21)) == Retention(reviews=6, recalled=4)
    assert retention(rows, since=date(2026, 11, 22)) == Retention(reviews=6, recalled=4)
    assert retention(rows, since=TODAY).rate is None


def test_an_hour_after_midnight_belongs_to_the_day_before() -> None:
    rows = [span(local(22, 9), 5), span(local(23, 3, 45), 7), span(local(23, 4), 2), span(local(20, 23), 1)]
    days = calendar(rows)
    assert days == {date(2026, 11, 20): 1, date(2026, 11, 22): 12, date(2026, 11, 23): 2}
    assert list(days) == sorted(days)


def test_totals_are_sums() -> None:
    rows = [span(local(22, 9), 5), span(local(23, 3), 7), span(local(23, 9), 2)]
    assert totals(rows) == Totals(answers=3, reviews=14, days=2, hours=1.5)
    assert totals([]) == Totals(0, 0, 0, 0.0)


def test_the_forecast_counts_what_is_overdue_today_and_leaves_out_what_is_far() -> None:
    due = [local(1, 9), local(23, 4), local(24, 3, 59), local(24, 4), local(25, 12), local(27, 3), local(27, 4)]
    memories = [item(f"t/{n}", at) for n, at in enumerate(due)]
    assert forecast(memories, TODAY, 4) == (3, 1, 1, 1)
    assert forecast(memories, TODAY, 5) == (3, 1, 1, 1, 1)
    assert forecast([], TODAY, 2) == (0, 0)


def test_the_weakest_fade_soonest_and_lapsed_most() -> None:
    strong, weak, lapsed, first = (
        item("t/d", NOON, 9),
        item("t/c", NOON, 1),
        item("t/b", NOON, 2, 3),
        item("t/a", NOON, 2),
    )
    assert weakest([strong, weak, first, lapsed], 3) == (weak, lapsed, first)
    assert weakest([strong], 3) == (strong,)


def test_a_plan_for_a_beginner_expects_nothing_by_itself_and_spreads_what_is_new() -> None:
    pace = plan([], 10, TODAY, TODAY + 4 * DAY)
    assert (pace.date, pace.days, pace.new_per_day) == (date(2026, 11, 27), 4, 4)
    assert pace.expected_recall == 0
    # 3, 3, 4 new on the first three days; the first six are due again, two days later, within the four
    assert pace.reviews_per_day == 6 / 4
    first = review(None, "", Rating.good, NOON)
    again = review(first, "", Rating.good, NOON + 2 * DAY)
    last = [(again, 4, 3), (again, 3, 3), (first, 2, 4)]  # memory, days since its first review, items
    recall = sum(retrievability(memory, NOON + days * DAY) * items for memory, days, items in last)
    assert pace.recall_if_followed == pytest.approx(recall / 10)


def test_expected_recall_is_the_mean_at_noon_of_the_day_with_unseen_as_zero(zone: str) -> None:
    memories = [item("t/a", local(24, 12)), item("t/b", local(30, 12), 20.0)]
    noon = local(28, 12)
    pace = plan(memories, 2, TODAY, date(2026, 11, 28))
    assert pace.expected_recall == sum(retrievability(memory, noon) for memory in memories) / 4
    assert pace.recall_if_followed > pace.expected_recall


def test_a_plan_counts_a_review_on_each_day_it_falls_due() -> None:
    memory = review(None, "t/a", Rating.good, local(22, 12))  # due on the 24th, then 11 days later
    assert plan([memory], 0, TODAY, TODAY + 1 * DAY).reviews_per_day == 0
    assert plan([memory], 0, TODAY, TODAY + 2 * DAY).reviews_per_day == 1 / 2
    assert plan([memory], 0, TODAY, TODAY + 10 * DAY).reviews_per_day == 1 / 10
    assert plan([memory], 0, TODAY, TODAY + 13 * DAY).reviews_per_day == 2 / 13


def test_overdue_items_are_reviewed_on_the_first_day() -> None:
    memory = item("t/a", local(1, 12))
    assert plan([memory], 0, TODAY, TODAY + DAY).reviews_per_day == 1


def test_on_the_day_itself_nothing_is_planned() -> None:
    memory = item("t/a", local(24, 12))
    pace = plan([memory], 7, TODAY, TODAY)
    assert (pace.days, pace.new_per_day, pace.reviews_per_day) == (0, 0, 0.0)
    assert pace.expected_recall == pace.recall_if_followed == retrievability(memory, local(23, 12)) / 8


def test_a_plan_without_items_expects_nothing() -> None:
    pace = plan([], 0, TODAY, TODAY + DAY)
    assert (pace.expected_recall, pace.recall_if_followed, pace.new_per_day) == (0.0, 0.0, 0)


def test_a_plan_for_a_day_that_is_past_is_refused() -> None:
    with pytest.raises(LlmquizError, match=r"^2026-11-22 is past; name a day from 2026-11-23 on\.$"):
        plan([], 1, TODAY, TODAY - DAY)


def test_every_new_item_is_introduced_exactly_once() -> None:
    """With recall 1 on the last evening for each: the sum of what is introduced is what was unseen."""
    for unseen in (0, 1, 5, 7, 100):
        for days in (1, 2, 3, 7):
            pace = plan([], unseen, TODAY, TODAY + days * DAY)
            assert pace.new_per_day * days >= unseen
            assert (pace.recall_if_followed > 0.8) == (unseen > 0)
