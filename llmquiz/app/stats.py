"""What the log says about the learner, for the screen and as JSON."""

from __future__ import annotations

from typing import Any

from llmquiz import clock
from llmquiz.app import progress
from llmquiz.app.chosen import chosen
from llmquiz.app.context import AppContext
from llmquiz.app.drill import weakest
from llmquiz.app.paging import shown
from llmquiz.schedule import stats


def report(context: AppContext, json: bool) -> None:
    """Print retention, forecast, weak points and calendar."""
    statistics = gathered(context)
    if json:
        # The rest is for the screen: texts and memories as objects.
        context.json({key: value for key, value in statistics.items() if key not in ("rows", "levels", "topics")})
        return
    from llmquiz.ui.tables import stats as view

    shown(context, *view.stats(statistics, context.words))


def gathered(context: AppContext) -> dict[str, Any]:
    """Everything the screen and the JSON show."""
    memories, today = context.past.memories(), clock.day(clock.now())
    activity = context.past.activity()
    totals, retention = stats.totals(activity), stats.retention(activity)
    rows, standing = weakest(context, memories), progress.standing(context)
    topics = [
        (topic.deck.title[context.lang], [row for row in standing if row.topic == topic.name])
        for topic in context.collection.topics()
    ]
    return {
        "items": len(memories),
        "answers": totals.answers,
        "reviews": totals.reviews,
        "days": totals.days,
        "retention": {"reviews": retention.reviews, "recalled": retention.recalled, "rate": retention.rate},
        "forecast": list(stats.forecast(memories.values(), today, 14)),
        "weak": [
            {"id": m.item, "reviews": m.reviews, "lapses": m.lapses, "stability": m.stability} for _, _, m in rows
        ],
        "calendar": {day.isoformat(): count for day, count in stats.calendar(activity).items()},
        "today": today.isoformat(),
        "rows": rows,
        "levels": progress.by_level(standing, chosen(context)),
        # Of a single topic the levels say everything.
        "topics": topics if len(topics) > 1 else [],
    }
