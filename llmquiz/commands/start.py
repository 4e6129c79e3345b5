"""`llmquiz` alone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from llmquiz.app.context import ContentOption, Here, LangOption


def command(
    lang: LangOption = None,
    content: ContentOption = None,
    json: Annotated[bool, typer.Option("--json", help="What is due, as JSON.")] = False,
) -> None:
    """What is due; Enter starts the drill. Without a terminal it prints what is due."""
    from llmquiz.app.drill import drill
    from llmquiz.commands import due
    from llmquiz.schedule.selection import Wish
    from llmquiz.ui.keyboard.ask import asker

    here = Here(lang, content)
    if json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        due.report(here, json)
        raise typer.Exit(0)
    here.show("", due.line(here))
    if asker(here.words).key(here.words("due.start"), "\nq") == "\n":
        raise typer.Exit(drill(here, Wish()))
