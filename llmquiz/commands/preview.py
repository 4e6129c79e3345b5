"""`llmquiz preview`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz preview my-topics/attention --width 60"


def command(
    what: Annotated[str, typer.Argument(metavar="[PATH|ID]", help="A topic, a folder, a file, or a question.")] = ".",
    width: Annotated[
        int | None, typer.Option("--width", min=20, max=300, help="Columns of the learner's screen.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Show it once and leave.")] = False,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """See content as a learner does, in both languages, again on every save; type an answer to see how it is graded.

    The faults of a half-written file are shown and do not end it; Ctrl-C does. Without a terminal it is shown once.
    """
    from llmquiz.authoring.preview import Preview

    preview = Preview(AppContext(lang, content), what, width)
    preview.show()
    if once or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.Exit(int(preview.faulty))
    preview.watch()
