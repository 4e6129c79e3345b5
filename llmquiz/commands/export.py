"""`llmquiz export`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options
from llmquiz.errors import LlmquizError

EPILOG = "Example: llmquiz export --format markdown decoder-only --output notes.md"
FORMATS = ("log", "markdown", "json", "csv", "anki", "html")


def command(
    topic: Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="The topic, where there are several.")] = None,
    form: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}.")] = "log",
    output: Annotated[Path | None, typer.Option("--output", help="A file; standard output without it.")] = None,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """The review log as JSON lines; or a whole topic as a document, data, a table, an Anki package or a printable page.

    A package keeps its notes' ids: importing a newer one updates them and leaves their schedule alone.
    """
    context = AppContext(lang, content)
    if form not in FORMATS:
        known = ", ".join(FORMATS)
        raise LlmquizError(f"No format {form!r}; formats: {known}.", f"没有“{form}”格式，可用：{known}。")
    if form == "anki":
        _anki(context, topic, output)
        return
    lines = _log(context) if form == "log" else _document(context, form, topic)
    if output is None:
        for line in lines:
            sys.stdout.write(_shown(line) + "\n")
        return
    try:
        with output.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    except OSError as error:
        raise LlmquizError(f"{output}: {error.strerror}", f"{output}：{error.strerror}") from error
    context.warn(context.words("export.done", path=output))


def _log(context: AppContext) -> Iterator[str]:
    import json

    return (json.dumps(row, ensure_ascii=False) for row in context.past.log())


def _shown(line: str) -> str:
    """The line, if the output takes all of it: nothing is lost in an export without a word."""
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError as error:
        lost = f"U+{ord(line[error.start]):04X}"
        raise LlmquizError(
            f"The output's encoding, {sys.stdout.encoding}, has no {lost}; use --output FILE.",
            f"输出编码 {sys.stdout.encoding} 无法表示 {lost}，请改用 --output 文件名。",
        ) from error
    return line


def _anki(context: AppContext, topic: str | None, output: Path | None) -> None:
    from llmquiz.export import anki as package

    name = _topic(context, topic)
    path = output or Path(f"{name}.{context.lang}.apkg")
    count = package.write(context, name, path)
    context.warn(context.words("export.anki", path=path, count=count))


def _topic(context: AppContext, topic: str | None) -> str:
    names = [found.name for found in context.collection.topics()]
    if topic is not None and topic not in names:
        from llmquiz.errors import UnknownId

        raise UnknownId(topic, names)
    return topic or names[0]


def _document(context: AppContext, form: str, topic: str | None) -> Iterator[str]:
    from llmquiz.export import documents, page

    name = _topic(context, topic)
    if form == "html":
        return iter([page.page(context, name)])
    return {"markdown": documents.markdown, "json": documents.as_json, "csv": documents.as_csv}[form](context, name)
