"""How many items a day until the interview."""

from __future__ import annotations

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.drill import resolved
from llmquiz.errors import LlmquizError
from llmquiz.schedule import selection, stats
from llmquiz.schedule.day_names import named_day
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schema.texts import Level


def plan(context: AppContext, until: str, level: Level | None, json: bool) -> None:
    """Print how many items a day lead to the day `until`, and the recall to expect on it.

    Raises: LlmquizError where `until` names no day, or none to come.
    """
    today = clock.day(clock.now())
    day = named_day(until, today)
    if not day:
        raise LlmquizError("plan.no-date", text=until)
    if day <= today:
        raise LlmquizError("plan.past", date=day)
    options = resolved(context, DrillOptions(level=level.rank if level else None))
    items, memories = context.collection.items(), context.past.memories()
    rank = selection.level_for(items, memories, options)
    # What a drill would ask until then: not beyond the level, and nothing that cannot run here.
    chosen = [item.id for item in items if item.level <= rank and item.kind not in options.without]
    unseen = sum(item not in memories for item in chosen)
    pace = stats.plan([memories[item] for item in chosen if item in memories], unseen, today, day)
    if json:
        context.json({
            "date": pace.date.isoformat(), "days": pace.days, "new_per_day": pace.new_per_day,
            "reviews_per_day": round(pace.reviews_per_day, 1), "expected_recall": round(pace.expected_recall, 4),
            "recall_if_followed": round(pace.recall_if_followed, 4), "level": list(Level)[rank].value, "unseen": unseen,
        })  # fmt: skip
        return
    _show(context, pace, rank, unseen)


def _show(context: AppContext, pace: stats.Plan, rank: int, unseen: int) -> None:
    from llmquiz.ui.tables import lists

    words = context.words
    table = lists.plain("", "", title=words("plan.title", date=pace.date, days=pace.days))
    table.show_header = False
    table.add_row(words("plan.level"), words(f"level.{list(Level)[rank]}"))
    table.add_row(words("plan.unseen"), str(unseen))
    table.add_row(words("plan.new"), str(pace.new_per_day))
    table.add_row(words("plan.reviews"), f"{pace.reviews_per_day:.0f}")
    table.add_row(words("plan.recall"), f"{100 * pace.expected_recall:.0f} %")
    table.add_row(words("plan.followed"), f"{100 * pace.recall_if_followed:.0f} %")
    context.show(table)
