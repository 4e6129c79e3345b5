"""`llmquiz plan`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options
from llmquiz.schema.texts import Level

EPILOG = "Example: llmquiz plan --date thursday --level core"


def command(
    until: Annotated[
        str | None, typer.Option("--date", help="Day of the interview: 2026-12-03, 12/03, thursday, +4d; or none.")
    ] = None,
    level: Annotated[
        Level | None, typer.Option("--level", help="How far to go; core until all of it was asked.")
    ] = None,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Keep the day of the interview, and see what a day asks for until then and the recall to expect on it."""
    from llmquiz.app.plan import plan

    plan(AppContext(lang, content), until, level, json)
