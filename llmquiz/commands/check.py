"""`llmquiz check`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz check my-topics/ --strict"


def command(
    path: options.Checked = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Every fault in content at once, each as `path:line: field: what to do`.

    Checks the YAML and its schema, ids and links, sources, languages, tables, time budgets, and grades every accept,
    reject and partial example.
    """
    from llmquiz.app import check

    context = AppContext(lang)
    faults, entries = check.check(context, path, content)
    if json:
        context.json([fault.as_json() for fault in faults])
    else:
        check.show(context, faults, entries)
    failing = faults if strict else [fault for fault in faults if fault.level == "error"]
    raise typer.Exit(1 if failing else 0)
