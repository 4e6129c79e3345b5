"""The day of the interview, kept, and how many items a day lead to it."""

from __future__ import annotations

from datetime import date
from math import ceil

from llmquiz import clock
from llmquiz.app.chosen import choose, chosen, resolved
from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError
from llmquiz.schedule import selection, stats
from llmquiz.schedule.day_names import named_day
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schema.texts import Level

SECONDS_A_REVIEW = 20.0
"""Of one point that comes back: a question of six takes two minutes."""
NONE = "none"
"""In the place of a day: the plan is taken back."""


def plan(context: AppContext, until: str | None, level: Level | None, json: bool) -> None:
    """Keep the day `until` of the interview and print what a day asks for; without one, what was kept.

    Raises: LlmquizError where `until` names no day, or none to come.
    """
    if until == NONE:
        choose(context, "plan", None)
        context.say(context.words("plan.gone"))
        return
    goal = chosen(context).goal
    if until is None and goal is None:
        context.say(context.words("plan.none"))
        return
    today = clock.day(clock.now())
    day = _day(until, today) if until else goal.day  # type: ignore[union-attr]
    options = resolved(context, DrillOptions(level=level.rank if level else None))
    items, memories = context.collection.items(), context.past.memories()
    rank = selection.level_for(items, memories, options)
    # What a drill would ask until then: not beyond the level, of the topics chosen, and nothing that cannot run here.
    fitting = [item for item in items if item.level <= rank and selection.wanted(item, options)]
    unseen = sum(item.id not in memories for item in fitting)
    pace = stats.plan([memories[item.id] for item in fitting if item.id in memories], unseen, today, day)
    if until:
        choose(context, "plan", f"{day.isoformat()} {list(Level)[rank].value}")
    if json:
        context.json({
            "date": pace.date.isoformat(), "days": pace.days, "new_per_day": pace.new_per_day,
            "reviews_per_day": round(pace.reviews_per_day, 1), "expected_recall": round(pace.expected_recall, 4),
            "recall_if_followed": round(pace.recall_if_followed, 4), "level": list(Level)[rank].value, "unseen": unseen,
        })  # fmt: skip
        return
    _show(context, pace, rank, unseen)
    if until:
        context.say(context.words("plan.kept"))


def _day(until: str, today: date) -> date:
    day = named_day(until, today)
    if not day:
        raise LlmquizError("plan.no-date", text=until)
    if day <= today:
        raise LlmquizError("plan.past", date=day)
    return day


def _show(context: AppContext, pace: stats.Plan, rank: int, unseen: int) -> None:
    from llmquiz.app.progress import pace as own_pace
    from llmquiz.app.progress import today_share
    from llmquiz.ui.tables import lists

    words, share = context.words, today_share(context)
    table = lists.plain("", "", title=words("plan.title", date=pace.date, days=pace.days))
    table.show_header = False
    table.add_row(words("plan.level"), words(f"level.{list(Level)[rank]}"))
    table.add_row(words("plan.unseen"), str(unseen))
    table.add_row(words("plan.new"), str(pace.new_per_day))
    table.add_row(words("plan.reviews"), f"{pace.reviews_per_day:.0f}")
    if share:
        # What is new in even parts, and what comes back.
        fresh = own_pace(context).seconds_of(c.kind for c in share.fresh) / stats.days_of_new(pace.days)
        minutes = ceil((fresh + SECONDS_A_REVIEW * pace.reviews_per_day) / 60)
        table.add_row(words("plan.minutes"), str(minutes))
    table.add_row(words("plan.recall"), f"{100 * pace.expected_recall:.0f} %")
    table.add_row(words("plan.followed"), f"{100 * pace.recall_if_followed:.0f} %")
    context.show(table)
