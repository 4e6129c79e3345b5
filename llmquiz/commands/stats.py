"""`llmquiz stats`."""

from __future__ import annotations

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz stats --json"


def command(lang: options.Lang = None, content: options.Content = None, json: options.Json = False) -> None:
    """Retention, a forecast of what falls due, weak points and a calendar of activity."""
    from llmquiz.app.stats import report

    report(AppContext(lang, content), json)
