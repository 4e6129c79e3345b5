"""`llmquiz` alone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from llmquiz.app.context import AppContext, ContentOption, LangOption


def command(
    lang: LangOption = None,
    content: ContentOption = None,
    json: Annotated[bool, typer.Option("--json", help="What is due, as JSON.")] = False,
) -> None:
    """What is due; Enter starts the drill. Without a terminal it prints what is due."""
    from llmquiz.app.drill import drill
    from llmquiz.commands import due
    from llmquiz.schedule.selection import DrillOptions
    from llmquiz.ui.keyboard.ask import asker

    context = AppContext(lang, content)
    if json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        due.report(context, json)
        raise typer.Exit(0)
    context.show("", due.line(context))
    if asker(context.words).key(context.words("due.start"), "\nq") == "\n":
        raise typer.Exit(drill(context, DrillOptions()))
