"""`llmquiz drill`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options
from llmquiz.schema.texts import Level

EPILOG = "Example: llmquiz drill decoder-only --kind claim --limit 5"


def command(
    names: options.Names = None,
    kind: options.Kinds = None,
    level: Annotated[
        Level | None, typer.Option("--level", help="How far to go; core until all of it was asked.")
    ] = None,
    limit: options.Limit = None,
    cram: Annotated[bool, typer.Option("--cram", help="Practise without touching the schedule.")] = False,
    depth: options.Depth = "one-minute",
    seed: options.Order = None,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """Questions one by one: type an answer, be credited point by point, see what was missed and why.

    In a pipe an open answer, and the reason after a claim's verdict, ends at a line with a single dot; the lines
    :hint :reveal :skip :flag :undo :quit are commands; :reveal shows the answer and counts as not known.
    """
    from llmquiz.app.drill import drill
    from llmquiz.schedule.selection import DrillOptions

    rank = level.rank if level else None
    chosen = DrillOptions(tuple(names or ()), tuple(kind or ()), rank, limit or 20, limit or 10, cram, seed=seed)
    raise typer.Exit(drill(AppContext(lang, content), chosen, depth))
