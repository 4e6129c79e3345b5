"""`llmquiz` alone."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options


def command(
    lang: options.Lang = None,
    content: options.Content = None,
    json: Annotated[bool, typer.Option("--json", help="What is due, as JSON.")] = False,
) -> None:
    """What is due; Enter starts the drill. Without a terminal it prints what is due."""
    from llmquiz.app import due
    from llmquiz.app.drill import drill
    from llmquiz.schedule.selection import DrillOptions
    from llmquiz.ui.keyboard.ask import asker, at_terminal

    context = AppContext(lang, content)
    if json or not at_terminal():
        due.report(context, json)
        raise typer.Exit(0)
    context.show("", due.line(context))
    if asker(context.words).key(context.words("due.start"), "\nq") == "\n":
        raise typer.Exit(drill(context, DrillOptions()))
