"""`llmquiz edit`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz edit drawbacks"


def command(
    name: Annotated[str, typer.Argument(metavar="ID", help="A question, claim, table or item.")],
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """Open a question in $EDITOR at its line, check it on save and show what changed for the learner.

    Where the file is at fault it is offered again; nothing is thrown away.
    """
    from llmquiz.authoring.edit import edit

    raise typer.Exit(int(not edit(AppContext(lang, content), name)))
