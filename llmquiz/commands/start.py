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
    """How far you are and what today asks for; Enter starts it. Without a terminal it prints what is due."""
    from llmquiz.app.home import home
    from llmquiz.export.export import export

    raise typer.Exit(home(AppContext(lang, content), json, export))
