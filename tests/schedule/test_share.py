"""How far one is, and what a day asks for until an interview."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from llmquiz.collection.collection import Item
from llmquiz.schedule.selection import Candidate
from llmquiz.schedule.share import Goal, Standing, recalled, share, standings

TODAY = date(2026, 12, 1)
UNTIL = "2026-12-02"


def candidates(due: int, new: int) -> list[Candidate]:
    """So many that are due, and so many new ones."""
    old = [Candidate(f"t/old{n}", "open", 0, n, (f"t/old{n}",), "2026-11-30", False) for n in range(due)]
    return old + [Candidate(f"t/new{n}", "open", 0, 99 - n, (f"t/new{n}",), "9999", True) for n in range(new)]


@pytest.mark.parametrize(
    ("new", "days", "begun", "today", "left"),
    [
        (8, 5, 0, 2, 6),  # over four days: the last one is for what is weak
        (9, 5, 0, 3, 6),
        (7, 5, 1, 1, 6),  # one of today's two is done
        (6, 5, 2, 0, 6),
        (5, 5, 3, 0, 5),  # more than was asked for
        (10, 2, 0, 10, 0),
        (10, 1, 0, 10, 0),
        (0, 5, 0, 0, 0),
        (10, 0, 0, 0, 10),  # on the day itself nothing is begun
    ],
)
def test_what_is_new_is_spread_evenly_over_the_days(new: int, days: int, begun: int, today: int, left: int) -> None:
    goal = Goal(TODAY + timedelta(days=days), 0)
    part = share(candidates(3, new), goal, TODAY, UNTIL, begun)
    assert (len(part.new), part.left, part.days, len(part.due)) == (today, left, days, 3)
    assert [c.question for c in part.questions][3:] == [f"t/new{new - 1 - n}" for n in range(today)]  # in their order


def test_a_day_that_is_past_is_as_the_day_itself() -> None:
    assert share(candidates(0, 4), Goal(TODAY - timedelta(days=3), 0), TODAY, UNTIL, 0).days == 0


def test_what_is_known_was_recalled_the_last_time() -> None:
    items = [
        Item("b/q.a", "b/q", "b", "open", 0, 0),
        Item("b/q.b", "b/q", "b", "open", 0, 0),
        Item("b/r", "b/r", "b", "claim", 2, 1),
        Item("a/q", "a/q", "a", "claim", 0, 2),
    ]
    dues = {"b/q.a": ("2026-12-05", 2.0), "b/q.b": ("2026-12-01", 0.2), "b/r": ("2026-12-01", 9.0)}
    assert standings(items, dues, {"b/q.b"}, UNTIL) == [
        Standing("b", 0, 2, 1, 1),
        Standing("b", 2, 1, 1, 1),
        Standing("a", 0, 1, 0, 0),
    ]


def test_today_is_compared_with_the_last_day_of_learning() -> None:
    days = {TODAY: (4, 1), TODAY - timedelta(days=3): (10, 5), TODAY - timedelta(days=9): (1, 0)}
    assert recalled(days, TODAY) == (TODAY - timedelta(days=3), 0.5, 0.75)
    assert recalled({TODAY: (4, 1)}, TODAY) == (None, None, 0.75)
    assert recalled({}, TODAY) == (None, None, None)
