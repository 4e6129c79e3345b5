"""`llmquiz new`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz new question attention/why-scale --content my-topics"


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="topic, question, claim, table or interview.")],
    name: Annotated[
        str, typer.Argument(metavar="ID", help="`topic` for a topic, else `topic/id`; `topic/folder/id` sorts it in.")
    ],
    words: Annotated[str | None, typer.Option("--text", help="Its title, question or statement.")] = None,
    langs: Annotated[str | None, typer.Option("--langs", help="Of a new topic: en, zh or en,zh.")] = None,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """Begin a topic, question, claim, table or interview: a commented file that passes `check` once it is filled in.

    Asks for what is not given, in a terminal. Files go to --content, LLMQUIZ_CONTENT or your data folder.
    """
    from llmquiz.authoring import drafts

    drafts.begin(AppContext(lang), kind, name, words, langs, content)
