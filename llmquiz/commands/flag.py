"""`llmquiz flag`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = 'Example: llmquiz flag drawbacks "the second hint gives everything away"'


def command(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="The question.")] = None,
    note: Annotated[str, typer.Argument(help="What is wrong with it.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Show all flags.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the flag of this question away.")] = False,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Tell the author that something is wrong with a question; without an id, show all flags."""
    from llmquiz.app import flags

    if name is None or listed:
        flags.listing(AppContext(lang, content), json)
    else:
        flags.flag(AppContext(lang, content), name, note, remove)
