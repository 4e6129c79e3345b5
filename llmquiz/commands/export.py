"""`llmquiz export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options
from llmquiz.export.export import FORMATS, export

EPILOG = "Example: llmquiz export --format markdown decoder-only --output notes.md"


def command(
    topic: Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="The topic, where there are several.")] = None,
    form: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}.")] = "log",
    output: Annotated[Path | None, typer.Option("--output", help="A file; standard output without it.")] = None,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """The review log as JSON lines; or a whole topic as a document, data, a table, an Anki package or a printable page.

    A package keeps its notes' ids: importing a newer one updates them and leaves their schedule alone.
    """
    export(AppContext(lang, content), form, topic, output)
