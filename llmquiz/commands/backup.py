"""`llmquiz backup`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmquiz import clock, paths
from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz backup ~/llmquiz-before-thursday.db"


def command(
    path: Annotated[Path | None, typer.Argument(help="A file; without it a dated one beside the database.")] = None,
    lang: options.Lang = None,
) -> None:
    """Copy the review database, also while a sitting is under way."""
    context = AppContext(lang)
    to = path or paths.data() / "backups" / f"llmquiz-{clock.now():%Y%m%d-%H%M%S}.db"
    context.console.print(context.words("backup.done", path=context.past.backup(to)), soft_wrap=True)
