"""`llmquiz import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz import sheet.md --topic transformers --content my-topics"


def command(
    path: Annotated[Path, typer.Argument(help="A .md, .csv or .tsv file.")],
    topic: Annotated[
        str | None, typer.Option("--topic", help="Name of the topic; from the file's name without it.")
    ] = None,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """Turn a Markdown sheet (headings, tables, questions, bullets), a CSV or a TSV into a draft topic.

    Nothing is dropped: what was not understood is in the `leftover` list; what you must decide says TODO.
    """
    from llmquiz.authoring import drafts

    drafts.import_sheet(AppContext(lang), path, topic, content)
