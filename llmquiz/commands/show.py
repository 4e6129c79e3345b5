"""`llmquiz show`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz show why-decoder-only --depth full"


def command(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="A question, item, claim, table; or `references`, `technique`, `tables`."),
    ],
    depth: Annotated[str, typer.Option("--depth", help="one-line, one-minute or full.")] = "full",
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """One question, claim, table or reference with its answer, sources, demo and your record."""
    from llmquiz.app.show import look_up

    look_up(AppContext(lang, content), name, depth, json)
