"""The present moment and the learner's day, in one place, so that tests can fix both."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

from llmquiz.errors import LlmquizError

DAY_STARTS_AT = timedelta(hours=4)
"""A review at 01:00 still belongs to the day before, as in Anki."""

DAY = timedelta(days=1)
SKEW = timedelta(hours=1)
"""So far the clocks of a learner's machines may differ before it is worth a word."""
FIRST_YEAR, LAST_YEAR = 1971, 2800
"""Of what `LLMQUIZ_NOW` may say: Windows knows local times from 1970 to 3000, and an item may be due in 100 years."""


def now() -> datetime:
    """The present in UTC; `LLMQUIZ_NOW` (ISO, UTC) fixes it."""
    fixed = os.environ.get("LLMQUIZ_NOW")
    if not fixed:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(fixed)
    except ValueError as error:
        raise LlmquizError("clock.not-iso", fixed=fixed) from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise LlmquizError("clock.no-such-year", fixed=fixed, first_year=FIRST_YEAR, last_year=LAST_YEAR)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def day(moment: datetime) -> date:
    """The learner's local day that holds `moment`."""
    return (moment.astimezone() - DAY_STARTS_AT).date()


def end_of_day(moment: datetime) -> datetime:
    """The moment, in UTC, at which the learner's day that holds `moment` ends."""
    midnight = datetime.combine(day(moment) + timedelta(days=1), datetime.min.time())
    # Naive until here, so that it is 04:00 by the wall also on the days on which the clocks change.
    return (midnight + DAY_STARTS_AT).astimezone().astimezone(UTC)
