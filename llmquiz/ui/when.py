"""Dates as people say them."""

from __future__ import annotations

from datetime import datetime

from llmquiz.clock import day
from llmquiz.messages.ui import Words


def when(due: datetime, now: datetime, words: Words) -> str:
    """Today, tomorrow, in 5 days."""
    days = (day(due) - day(now)).days
    return words("when.today") if days <= 0 else words("when.tomorrow") if days == 1 else words("when.days", days=days)
