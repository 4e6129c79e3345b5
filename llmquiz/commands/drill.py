"""`llmquiz drill`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext, ContentOption, LangOption
from llmquiz.schema.texts import Level

EPILOG = "Example: llmquiz drill decoder-only --kind claim --limit 5"


def command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC|ID]...", help="Topics, questions or items.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only this kind: open, choice, claim ... (repeatable).")
    ] = None,
    level: Annotated[
        Level | None, typer.Option("--level", help="How far to go; core until all of it was asked.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many questions, half of them new.")] = 20,
    cram: Annotated[bool, typer.Option("--cram", help="Practise without touching the schedule.")] = False,
    depth: Annotated[
        str, typer.Option("--depth", help="Depth of the model answer: one-line, one-minute, full.")
    ] = "one-minute",
    seed: Annotated[
        int | None, typer.Option("--seed", help="Draw new questions and the order of options by this number.")
    ] = None,
    lang: LangOption = None,
    content: ContentOption = None,
) -> None:
    """Questions one by one: type an answer, be credited point by point, see what was missed and why.

    In a pipe an open answer, and the reason after a claim's verdict, ends at a line with a single dot; the lines
    :hint :skip :flag :undo :quit are commands.
    """
    from llmquiz.app.drill import drill
    from llmquiz.schedule.selection import DrillOptions

    new = max(limit // 2, 1)
    options = DrillOptions(tuple(names or ()), tuple(kind or ()), level.rank if level else None, limit, new, cram, seed)
    raise typer.Exit(drill(AppContext(lang, content), options, depth))
