"""What the log says about the learner, and what it lets one expect: pure functions over rows handed in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil

from llmquiz.clock import day as day_of
from llmquiz.errors import LlmquizError
from llmquiz.schedule.due_dates import Activity, Memory, Rating, retrievability, review

MOST_DAYS = 3652
"""Ten years: a plan is simulated day by day, and nobody plans further."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Of the reviews of items seen before, how many were recalled."""

    reviews: int
    recalled: int

    @property
    def rate(self) -> float | None:
        """0 to 1; None before there is anything to measure."""
        return self.recalled / self.reviews if self.reviews else None


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything done so far."""

    answers: int
    reviews: int
    days: int
    """Days on which something was answered."""
    hours: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to do until the interview, and what it comes to."""

    date: date
    days: int
    """Days of learning, today included, the day of the interview not."""
    new_per_day: int
    reviews_per_day: float
    """Mean of the reviews that following the plan brings, the first ones of new items not counted."""
    expected_recall: float
    """Mean chance of recall at noon of the day if nothing more is done; an unseen item counts as 0."""
    recall_if_followed: float
    """The same if every day's new items and reviews are done, each recalled: an upper bound."""


def totals(activity: Collection[Activity]) -> Totals:
    """Sums over everything."""
    return Totals(
        answers=sum(span.answers for span in activity),
        reviews=sum(span.reviews for span in activity),
        days=len({day_of(span.at) for span in activity}),
        hours=sum(span.seconds for span in activity) / 3600,
    )


def retention(activity: Iterable[Activity], since: date | None = None) -> Retention:
    """True retention since a day, or over all time; first reviews teach and are not counted."""
    spans = [span for span in activity if since is None or day_of(span.at) >= since]
    reviews = sum(span.reviews - span.firsts for span in spans)
    forgotten = sum(span.agains - span.first_agains for span in spans)
    return Retention(reviews, reviews - forgotten)


def calendar(activity: Iterable[Activity]) -> dict[date, int]:
    """Reviews on each of the learner's days that had any, in order."""
    days: Counter[date] = Counter()
    for span in activity:
        days[day_of(span.at)] += span.reviews
    return dict(sorted(days.items()))


def daily(activity: Iterable[Activity]) -> dict[date, tuple[int, int]]:
    """By day of the learner how many items were reviewed, and how many of them missed."""
    days: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for span in activity:
        day = days[day_of(span.at)]
        day[0] += span.reviews
        day[1] += span.agains
    return {day: (reviews, missed) for day, (reviews, missed) in days.items()}


def forecast(memories: Iterable[Memory], today: date, days: int) -> tuple[int, ...]:
    """How many items fall due on each of `days` days from today on; what is overdue is due today."""
    counts = [0] * days
    for memory in memories:
        ahead = max(0, (day_of(memory.due) - today).days)
        if ahead < days:
            counts[ahead] += 1
    return tuple(counts)


def weakest(memories: Iterable[Memory], count: int) -> tuple[Memory, ...]:
    """The items whose memory fades soonest; among equals the one forgotten most often."""
    return tuple(sorted(memories, key=lambda memory: (memory.stability, -memory.lapses, memory.item))[:count])


def days_of_new(days: int) -> int:
    """Over how many of so many days what is new is spread: the last, unless it is the only one, is for what is weak."""
    return max(days - 1, 1)


def plan(memories: Collection[Memory], unseen: int, today: date, day: date) -> Plan:
    """How to reach every chosen item, `unseen` of them new, until the interview on `day`, new ones spread evenly."""
    days = (day - today).days
    if days < 0:
        raise LlmquizError("plan.past-day", day=day, today=today)
    if days > MOST_DAYS:
        raise LlmquizError("plan.too-far", day=day, most_days=today + timedelta(days=MOST_DAYS))
    noon = _noon(day)
    chosen = len(memories) + unseen
    reviews, recall = _follow(memories, unseen, today, days)
    return Plan(
        date=day,
        days=days,
        new_per_day=ceil(unseen / days_of_new(days)) if days else 0,
        reviews_per_day=reviews / days if days else 0.0,
        expected_recall=sum(retrievability(memory, noon) for memory in memories) / chosen if chosen else 0.0,
        recall_if_followed=recall / chosen if chosen else 0.0,
    )


def _follow(memories: Iterable[Memory], unseen: int, today: date, days: int) -> tuple[int, float]:
    """Simulate the plan: the number of reviews, and the sum of the chances of recall on the last day."""
    start = _noon(today)
    due: defaultdict[int, list[tuple[Memory, int]]] = defaultdict(list)
    for memory in memories:
        # The last list, `due[days]`, is the day of the interview, on which nothing is learned any more.
        due[min(days, max(0, (day_of(memory.due) - today).days))].append((memory, 1))
    done = 0
    for ahead in range(days):
        at = start + timedelta(days=ahead)
        again = [(review(memory, memory.item, Rating.good, at), count) for memory, count in due.pop(ahead, ())]
        done += sum(count for _, count in again)
        # Whole items whose sum never drifts: by the last day each was introduced once.
        spread = days_of_new(days)
        new = unseen * (ahead + 1) // spread - unseen * ahead // spread if ahead < spread else 0
        if new:  # those of one day share their fate
            again.append((review(None, "", Rating.good, at), new))
        for memory, count in again:
            due[min(days, ahead + (memory.due - at).days)].append((memory, count))
    end = start + timedelta(days=days)
    return done, sum(retrievability(memory, end) * count for memory, count in due[days])


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12)).astimezone(UTC)
