"""`llmquiz stats`."""

from __future__ import annotations

from typing import Any

from llmquiz import clock
from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption
from llmquiz.app.drill import weakest
from llmquiz.schedule import stats as numbers

EPILOG = "Example: llmquiz stats --json"


def command(lang: LangOption = None, content: ContentOption = None, json: JsonOption = False) -> None:
    """Retention, a forecast of what falls due, weak points and a calendar of activity."""
    context = AppContext(lang, content)
    found = gathered(context)
    if json:
        context.json({key: value for key, value in found.items() if key != "rows"})
        return
    from llmquiz.ui.tables import stats as view

    context.show(*view.stats(found, context.words))


def gathered(context: AppContext) -> dict[str, Any]:
    """Everything the screen and the JSON show."""
    memories, today = context.past.memories(), clock.day(clock.now())
    activity = context.past.activity()
    totals, retention = numbers.totals(activity), numbers.retention(activity)
    rows = weakest(context, memories)
    return {
        "items": len(memories),
        "answers": totals.answers,
        "reviews": totals.reviews,
        "days": totals.days,
        "retention": {"reviews": retention.reviews, "recalled": retention.recalled, "rate": retention.rate},
        "forecast": list(numbers.forecast(memories.values(), today, 14)),
        "weak": [
            {"id": m.item, "reviews": m.reviews, "lapses": m.lapses, "stability": m.stability} for _, _, m in rows
        ],
        "calendar": {day.isoformat(): count for day, count in numbers.calendar(activity).items()},
        "today": today.isoformat(),
        "rows": rows,
    }
