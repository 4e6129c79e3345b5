"""`llmquiz list`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz list --kind claim --search cache"


def command(
    search: Annotated[str, typer.Option("--search", help="Words in the id or the text, or their synonyms.")] = "",
    kind: Annotated[str | None, typer.Option("--kind", help="open, choice, claim, table, reference ...")] = None,
    status: Annotated[str | None, typer.Option("--status", help="new, due, learned or weak.")] = None,
    topic: Annotated[str | None, typer.Option("--topic", help="Only this topic.")] = None,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Every question, claim, table and reference; search and filter. With --json also every item inside them."""
    from llmquiz.app.listing import Filter, listing

    listing(AppContext(lang, content), Filter(search, kind, status, topic), json)
