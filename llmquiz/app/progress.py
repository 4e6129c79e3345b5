"""How far along the learner is, and how fast."""

from __future__ import annotations

from llmquiz.app.context import AppContext
from llmquiz.schedule.pace import Pace, gaps


def pace(context: AppContext) -> Pace:
    """The seconds that this learner takes for a question of each kind."""
    kinds = {item.question: item.kind for item in context.collection.items()}
    return Pace((kinds[question], seconds) for question, seconds in gaps(context.past.taken()) if question in kinds)
