"""How far the learner is, and today's share of what is left until an interview. Pure."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING

from llmquiz.schedule.stats import days_of_new

if TYPE_CHECKING:
    from llmquiz.collection.collection import Item
    from llmquiz.schedule.selection import Candidate, Dues


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a topic's level is known."""

    topic: str
    level: int
    total: int
    known: int
    """Items recalled at their last review."""
    due: int


def standings(items: Iterable[Item], dues: Dues, missed: Several[str], until: str) -> list[Standing]:
    """How far each topic and level is, topics in the order of the items; `missed`: items not recalled the last time."""
    counts: dict[tuple[str, int], list[int]] = {}
    for item in items:
        count = counts.setdefault((item.topic, item.level), [0, 0, 0])
        count[0] += 1
        if item.id in dues:
            count[1] += item.id not in missed
            count[2] += dues[item.id][0] < until
    topics = list(dict.fromkeys(topic for topic, _ in counts))
    return [
        Standing(topic, level, *counts[topic, level])
        for topic, level in sorted(counts, key=lambda c: (topics.index(c[0]), c[1]))
    ]


@dataclass(frozen=True, slots=True)
class Goal:
    """The day of an interview, and how far the learner wants to be by then."""

    day: date
    level: int


@dataclass(frozen=True, slots=True)
class Share:
    """What is to be done today so that all is done in time."""

    due: Sequence[Candidate]
    new: Sequence[Candidate]
    """Not begun yet; those of today that were begun are not among them."""
    begun: int
    """New questions answered today."""
    left: int
    """New questions after today's share."""
    days: int
    """Days until the interview, today included, its own not; 0 on that day."""
    fresh: Sequence[Candidate] = ()
    """Everything that is new, today's part included."""

    @property
    def questions(self) -> list[Candidate]:
        """What is due, then what is new."""
        return [*self.due, *self.new]


def share(candidates: Sequence[Candidate], goal: Goal, today: date, until: str, begun: int) -> Share:
    """Today's share: all that is due before `until`, and an even part of what is new, of which `begun` are done."""
    days = max((goal.day - today).days, 0)
    due = [candidate for candidate in candidates if candidate.due < until]
    fresh = sorted((c for c in candidates if c.fresh and c.due >= until), key=lambda c: c.position)
    # Counted from the morning, so that an hour's work does not shrink what is left to do today.
    quota = ceil((len(fresh) + begun) / days_of_new(days)) - begun if days else 0
    new = fresh[: max(quota, 0)]
    return Share(due, new, begun, len(fresh) - len(new), days, fresh)


def recalled(days: Mapping[date, tuple[int, int]], today: date) -> tuple[date | None, float | None, float | None]:
    """The last day of learning before today, and the part recalled on it and today; None where there was none.

    `days`: by day how many items were reviewed, and how many of them missed.
    """
    before = max((day for day, (reviews, _) in days.items() if day < today and reviews), default=None)

    def part(day: date | None) -> float | None:
        reviews, missed = days.get(day, (0, 0)) if day else (0, 0)
        return 1 - missed / reviews if reviews else None

    return before, part(before), part(today)
