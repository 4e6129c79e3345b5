"""`llmquiz doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz doctor --json"


def command(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Compute every memory again from the log.")] = False,
    void_ahead: options.VoidAhead = False,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """What is installed and found here, where the data is; whether settings, content and data are sound, what if not.

    It ends with a block for a bug report: your home folder is shown as ~, and the text of your answers is not in it.
    """
    from llmquiz.app.diagnosis import report

    raise typer.Exit(int(report(AppContext(lang, content), rebuild, void_ahead, json)))
