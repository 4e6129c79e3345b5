"""`llmquiz due`."""

from __future__ import annotations

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz due --json"


def command(lang: options.Lang = None, content: options.Content = None, json: options.Json = False) -> None:
    """What is due, and when the rest comes back."""
    from llmquiz.app.due import report

    report(AppContext(lang, content), json)
