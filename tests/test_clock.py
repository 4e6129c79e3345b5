"""The present moment, and the learner's day, which ends at four in the morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from llmquiz import clock
from llmquiz.errors import LlmquizError


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, set_zone: Callable[[str], None]) -> str:
    """Somewhere on the earth."""
    set_zone(request.param)
    return str(request.param)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),  # UTC where it does not say
        ("2026-11-23T09:00:00+08:00", datetime(2026, 11, 23, 1, tzinfo=UTC)),
        ("1971-01-01", datetime(1971, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_clock_can_be_fixed(monkeypatch: pytest.MonkeyPatch, written: str, moment: datetime) -> None:
    monkeypatch.setenv("LLMQUIZ_NOW", written)
    assert clock.now() == moment
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("noon", r"^LLMQUIZ_NOW='noon' is not an ISO time; write it as 2026-11-23T09:00:00Z\.$"),
        ("1970-12-31T00:00:00Z", "the year must be between 1971 and 2800"),
        ("2801-01-01T00:00:00Z", "the year must be between 1971 and 2800"),
    ],
)
def test_a_clock_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, written: str, message: str) -> None:
    monkeypatch.setenv("LLMQUIZ_NOW", written)
    with pytest.raises(LlmquizError, match=message):
        clock.now()


def test_a_clock_that_is_not_fixed_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LLMQUIZ_NOW", raising=False)
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)


def local(hour: int, minute: int = 0) -> datetime:
    """A local moment of the 23rd of November, in UTC."""
    return datetime(2026, 11, 23, hour, minute).astimezone(UTC)


def test_the_hours_before_four_belong_to_the_day_before(zone: str) -> None:
    days = [clock.day(local(hour, minute)).day for hour, minute in ((0, 0), (3, 59), (4, 0), (23, 59))]
    assert days == [22, 22, 23, 23]


def test_a_day_ends_when_the_next_begins(zone: str) -> None:
    for moment in (local(4), local(12), local(23, 59), local(3, 59)):
        end = clock.end_of_day(moment)
        assert end.tzinfo is UTC
        assert moment < end <= moment + timedelta(days=1)
        assert clock.day(end - timedelta(microseconds=1)) == clock.day(moment)
        assert clock.day(end) == clock.day(moment) + timedelta(days=1)
    assert clock.day(local(12)) == date(2026, 11, 23)
