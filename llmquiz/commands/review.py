"""`llmquiz review`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption

EPILOG = "Example: llmquiz review --accept 12 --as accept"


def command(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only this question.")] = None,
    accept: Annotated[
        int | None, typer.Option("--accept", help="Write the answer of this number into the file.")
    ] = None,
    kind: Annotated[str, typer.Option("--as", help="accept, partial or reject.")] = "accept",
    meets: Annotated[str, typer.Option("--meets", help="With --as partial: the points that it meets, a,b.")] = "",
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """The author's to-do list: flags, overrules and undecided answers of drills, each with the line to edit.

    --accept turns a real answer into an example of its question; comments and layout of the YAML are kept.
    """
    from llmquiz.authoring import review

    context = AppContext(lang, content)
    if accept is not None:
        path, line = review.keep_example(context, accept, kind, [one for one in meets.split(",") if one])
        context.console.print(context.words("review.kept", path=f"{path}:{line}"), soft_wrap=True)
        return
    found = review.gathered(context, name)
    if json:
        context.json(found)
        return
    from llmquiz.ui.tables import review as view

    context.show(*view.todo(found, context.words))
