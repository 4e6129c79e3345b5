"""`llmquiz import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.collection.drafts import scaffold
from llmquiz.commands import options
from llmquiz.errors import ContentError

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
    from llmquiz.collection.drafts import importing
    from llmquiz.collection.yaml import written
    from llmquiz.commands.new import put_schema, root_of, write_new

    context = AppContext(lang)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path} cannot be read: {error}", f"读不了 {path}：{error}") from error
    name = scaffold.checked_name(topic or _slug(path.stem))
    suffix = path.suffix.lower()
    draft = (
        importing.from_rows(text, "\t" if suffix == ".tsv" else ",")
        if suffix in (".csv", ".tsv")
        else importing.from_markdown(text)
    )
    folder = root_of(content) / name
    write_new(folder / "deck.yaml", scaffold.SCHEMA_LINE + written(draft.deck()))
    file = write_new(folder / "questions.yaml", scaffold.SCHEMA_LINE + written(draft.file()))
    put_schema(folder.parent)
    counts = {
        "questions": len(draft.questions),
        "tables": len(draft.tables),
        "claims": len(draft.claims),
        "leftover": len(draft.leftover),
    }
    context.console.print(context.words("import.done", path=file, **counts), soft_wrap=True)
    context.say(context.words("new.next", root=folder, todo=scaffold.TODO))


def _slug(stem: str) -> str:
    import re

    return "-".join(re.findall(r"[a-z0-9]+", stem.lower())) or "imported"
