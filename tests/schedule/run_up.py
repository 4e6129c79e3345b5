"""A whole run-up to an interview, day by day: what a plan asks of a learner who forgets as FSRS expects.

`python -m tests.schedule.run_up` prints a table: six topics, 4, 10 and 30 days, one who comes every day and one who
skips every third. Each item is recalled with the chance that FSRS gives it; a new one with a half.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from llmquiz import clock
from llmquiz.collection.collection import Item
from llmquiz.schedule import selection
from llmquiz.schedule.due_dates import Memory, Rating, retrievability, review
from llmquiz.schedule.pace import Pace
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schedule.share import Goal, share
from llmquiz.store.values import stamp

START = date(2026, 12, 1)
AT_FIRST = 0.5
"""The chance that somebody knows what they are asked for the first time."""


@dataclass
class RunUp:
    """What became of it."""

    minutes: list[int] = field(default_factory=list)
    """What each day's share takes."""
    new: list[int] = field(default_factory=list)
    """New questions of each day."""
    level: set[int] = field(default_factory=set)
    """Every level at which something was asked."""
    done_on: int | None = None
    """The day, from 1, on which no question of the level was new any more."""
    seen: float = 0.0
    recall: float = 0.0
    """Mean chance of recall at noon of the interview; what was never seen counts as 0."""


def items(topics: int = 6, core: int = 40, deep: int = 60) -> list[Item]:
    """So many topics; every fourth question an open one of six points, the others of a single item."""
    every = []
    for topic in range(topics):
        for number in range(core + deep):
            name, level = f"t{topic}/q{number}", int(number >= core)
            position = number * topics + topic
            if number % 4:
                every.append(Item(name, name, f"t{topic}", "claim", level, position))
            else:
                every += [Item(f"{name}.p{n}", name, f"t{topic}", "open", level, position) for n in range(6)]
    return every


def run_up(days: int, *, skips: int = 0, seed: int = 1, topics: int = 6) -> RunUp:
    """Follow the plan for `days`; `skips`: every so-manieth day is left out."""
    everything, goal, memories = items(topics), Goal(START + timedelta(days=days), 0), dict[str, Memory]()
    outcome, chance, options = RunUp(), random.Random(seed), DrillOptions(level=0)
    for number in range(days):
        today = START + timedelta(days=number)
        now = datetime.combine(today, time(12), tzinfo=UTC)
        dues = {name: (stamp(memory.due), memory.stability) for name, memory in memories.items()}
        waiting = selection.candidates(everything, options, goal.level, dues)
        part = share(waiting, goal, today, stamp(clock.end_of_day(now)), 0)
        if outcome.done_on is None and not any(c.fresh for c in waiting):
            outcome.done_on = number
        skipped = bool(skips) and number % skips == skips - 1
        outcome.minutes.append(0 if skipped else Pace([]).minutes(c.kind for c in part.questions))
        outcome.new.append(0 if skipped else len(part.new))
        if skipped:
            continue
        chosen = replace(options, limit=len(part.questions), new=len(part.new))
        asked = selection.queue(everything, dues, chosen, until=stamp(clock.end_of_day(now)))
        for candidate in asked:
            outcome.level.add(candidate.level)
            for name in candidate.items:
                memory = memories.get(name)
                known = chance.random() < (retrievability(memory, now) if memory else AT_FIRST)
                memories[name] = review(memory, name, Rating.good if known else Rating.again, now)
    noon = datetime.combine(goal.day, time(12), tzinfo=UTC)
    core = [item.id for item in everything if item.level <= goal.level]
    outcome.seen = sum(name in memories for name in core) / len(core)
    outcome.recall = sum(retrievability(memories[n], noon) for n in core if n in memories) / len(core)
    if outcome.done_on is None and outcome.seen == 1:
        outcome.done_on = days
    return outcome


def main() -> None:
    """Print the table."""
    print("days  learner          new a day   minutes a day   core done on day   seen    recall on the day")  # noqa: T201
    for days in (4, 10, 30):
        for who, skips in (("every day", 0), ("skips every 3rd", 3)):
            done = run_up(days, skips=skips)
            new, minutes = (f"{min(n for n in row if n)}-{max(row)}" for row in (done.new, done.minutes))
            print(  # noqa: T201
                f"{days:>4}  {who:<16} {new:<11} {minutes:<15} {done.done_on!s:<18} {done.seen:<7.0%} {done.recall:.0%}"
            )


if __name__ == "__main__":
    main()
