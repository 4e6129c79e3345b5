"""`llmquiz topics`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz topics decoder-only --level core"


def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPIC]...", help="Ask these every day from now on; all takes it back."),
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="How far to go every day: core, deep, expert; all takes it back.")
    ] = None,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """What each topic has, how much of it you know, what is due; and which of them you want to be asked."""
    from llmquiz.app.topics import topics

    topics(AppContext(lang, content), names or [], level, json)
