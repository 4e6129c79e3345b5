"""`llmquiz edit`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import AppContext, ContentOption, LangOption
from llmquiz.collection.faults import Fault

EPILOG = "Example: llmquiz edit drawbacks"


def command(
    name: Annotated[str, typer.Argument(metavar="ID", help="A question, claim, table or item.")],
    lang: LangOption = None,
    content: ContentOption = None,
) -> None:
    """Open a question in $EDITOR at its line, check it on save and show what changed for the learner.

    Where the file is at fault it is offered again; nothing is thrown away.
    """
    from llmquiz.authoring import edit

    context = AppContext(lang, content)
    path, line = edit.place(context, name)
    while True:
        before = edit.entries(path)
        edit.open_editor(path, line)
        faults = edit.faults(path)
        _report(context, path, before, faults)
        if not faults or not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise typer.Exit(int(bool(faults)))
        from llmquiz.ui.keyboard.ask import asker

        if asker(context.words).key(context.words("edit.again"), "\nq") == "q":
            raise typer.Exit(1)
        line = faults[0].line


def _report(context: AppContext, path: Path, before: dict[str, dict[str, str]], faults: list[Fault]) -> None:
    from llmquiz.app.check import print_faults
    from llmquiz.authoring import edit

    if faults:
        print_faults(context, faults)
        return
    context.console.print(context.words("edit.sound", path=path), soft_wrap=True)
    changes = edit.changes(before, edit.entries(path))
    context.show(context.words("edit.changed" if changes else "edit.unchanged"))
    for change in changes:
        context.console.print(change, soft_wrap=True)
