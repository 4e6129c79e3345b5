"""`llmquiz review`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz review --accept 12 --as accept"


def command(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only this question.")] = None,
    accept: options.Accept = None,
    kind: Annotated[str, typer.Option("--as", help="accept, partial or reject.")] = "accept",
    meets: options.Meets = "",
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """The author's to-do list: flags, overrules and undecided answers of drills, each with the line to edit.

    --accept turns a real answer into an example of its question; comments and layout of the YAML are kept. --json has
    beside each answer its prompt, the statements and your verdicts: what a reader of answers learns from. Nothing is
    ever sent.
    """
    from llmquiz.authoring import review

    context = AppContext(lang, content)
    if accept is not None:
        review.accept(context, accept, kind, meets)
    else:
        review.report(context, name, json)
