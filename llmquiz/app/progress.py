"""How far along the learner is, how fast, and what is today's share."""

from __future__ import annotations

from collections import Counter, defaultdict

from llmquiz import clock
from llmquiz.app.chosen import Chosen, chosen, resolved
from llmquiz.app.context import AppContext
from llmquiz.schedule import selection
from llmquiz.schedule.pace import Pace, gaps
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schedule.share import Share, Standing, share, standings
from llmquiz.store.values import stamp


def pace(context: AppContext) -> Pace:
    """The seconds that this learner takes for a question of each kind."""
    kinds = {item.question: item.kind for item in context.collection.items()}
    return Pace((kinds[question], seconds) for question, seconds in gaps(context.past.taken()) if question in kinds)


def standing(context: AppContext) -> list[Standing]:
    """How much of each topic and level is known, and due today."""
    options = resolved(context, DrillOptions())
    items = [item for item in context.collection.items() if item.kind not in options.without]
    until = stamp(clock.end_of_day(clock.now()))
    return standings(items, context.past.dues(), context.past.missed_last(), until)


def by_level(rows: list[Standing], own: Chosen) -> list[Standing]:
    """The same for each level of the topics that were chosen."""
    total: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if not own.topics or row.topic in own.topics:
            total[row.level].update(total=row.total, known=row.known, due=row.due)
    return [Standing("", level, c["total"], c["known"], c["due"]) for level, c in sorted(total.items())]


def today_share(context: AppContext) -> Share | None:
    """What is to be done today for the interview that is planned; None where none is."""
    own = chosen(context)
    if own.goal is None:
        return None
    now, options = clock.now(), resolved(context, DrillOptions())
    items, dues = context.collection.items(), context.past.dues()
    level = own.level if own.level is not None else own.goal.level
    until = stamp(clock.end_of_day(now))
    waiting = selection.candidates(items, options, level, dues)
    began = context.past.first_asked_since(clock.end_of_day(now) - clock.DAY)
    begun = len(began & {item.question for item in items if item.level <= level})
    return share(waiting, own.goal, clock.day(now), until, begun)
