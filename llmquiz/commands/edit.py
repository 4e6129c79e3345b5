"""`llmquiz edit`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import ContentOption, Here, LangOption
from llmquiz.collection.diagnostics import Fault

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

    here = Here(lang, content)
    path, line = edit.place(here, name)
    while True:
        before = edit.entries(path)
        edit.open_editor(path, line)
        faults = edit.faults(path)
        _report(here, path, before, faults)
        if not faults or not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise typer.Exit(int(bool(faults)))
        from llmquiz.ui.keyboard.ask import asker

        if asker(here.words).key(here.words("edit.again"), "\nq") == "q":
            raise typer.Exit(1)
        line = faults[0].line


def _report(here: Here, path: Path, before: dict[str, dict[str, str]], faults: list[Fault]) -> None:
    from llmquiz.app.check import print_faults
    from llmquiz.authoring import edit

    if faults:
        print_faults(here, faults)
        return
    here.console.print(here.words("edit.sound", path=path), soft_wrap=True)
    changes = edit.changes(before, edit.entries(path))
    here.show(here.words("edit.changed" if changes else "edit.unchanged"))
    for change in changes:
        here.console.print(change, soft_wrap=True)
