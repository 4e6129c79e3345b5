"""`llmquiz plan`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from llmquiz import clock
from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption
from llmquiz.app.drill import resolved
from llmquiz.errors import LlmquizError
from llmquiz.schedule import selection
from llmquiz.schedule import stats as numbers
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schema.texts import Level

EPILOG = "Example: llmquiz plan --date 2026-12-03 --level core"


def command(
    to: Annotated[str, typer.Option("--date", help="Day of the interview: 2026-12-03.")],
    level: Annotated[
        Level | None, typer.Option("--level", help="How far to go; core until all of it was asked.")
    ] = None,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """How many items a day until the interview, and the recall to expect on that day."""
    context = AppContext(lang, content)
    day, today = _day(to), clock.day(clock.now())
    if day <= today:
        raise LlmquizError(context.words("plan.past", date=day), context.words("plan.past", date=day))
    options = resolved(context, DrillOptions(level=level.rank if level else None))
    items, memories = context.collection.items(), context.past.memories()
    rank = selection.level_for(items, memories, options)
    chosen = [item.id for item in items if item.level <= rank and item.kind not in options.without]
    unseen = sum(item not in memories for item in chosen)
    plan = numbers.plan([memories[item] for item in chosen if item in memories], unseen, today, day)
    if json:
        context.json({
            "date": plan.date.isoformat(), "days": plan.days, "new_per_day": plan.new_per_day,
            "reviews_per_day": round(plan.reviews_per_day, 1), "expected_recall": round(plan.expected_recall, 4),
            "recall_if_followed": round(plan.recall_if_followed, 4), "level": list(Level)[rank].value, "unseen": unseen,
        })  # fmt: skip
        return
    _show(context, plan, rank, unseen)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise LlmquizError(
            f"{text!r} is no date; write it as 2026-12-03.", f"“{text}”不是日期，请写成 2026-12-03。"
        ) from error


def _show(context: AppContext, plan: numbers.Plan, rank: int, unseen: int) -> None:
    from llmquiz.ui.tables import lists

    words = context.words
    table = lists.plain("", "", title=words("plan.title", date=plan.date, days=plan.days))
    table.show_header = False
    table.add_row(words("plan.level"), words(f"level.{list(Level)[rank]}"))
    table.add_row(words("plan.unseen"), str(unseen))
    table.add_row(words("plan.new"), str(plan.new_per_day))
    table.add_row(words("plan.reviews"), f"{plan.reviews_per_day:.0f}")
    table.add_row(words("plan.recall"), f"{100 * plan.expected_recall:.0f} %")
    table.add_row(words("plan.followed"), f"{100 * plan.recall_if_followed:.0f} %")
    context.show(table)
