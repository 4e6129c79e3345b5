"""From a format's name to what is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError

if TYPE_CHECKING:
    from llmquiz.export.topic import ExportedTopic

FORMATS = ("log", "markdown", "json", "csv", "anki", "html")


def export(context: AppContext, form: str, topic: str | None, output: Path | None) -> None:
    """Write the review log, or a topic, in a format: to a file, or as lines of standard output.

    Raises: LlmquizError for a format that there is not, a topic, or a place that cannot be written.
    """
    if form not in FORMATS:
        raise LlmquizError("export.no-format", form=form, known=", ".join(FORMATS))
    # A package is a file and never lines: without a name it gets one.
    if form == "anki":
        _anki(context, topic, output)
    elif output is None:
        for line in _lines(context, form, topic):
            sys.stdout.write(_printable(line) + "\n")
    else:
        _write(_lines(context, form, topic), output)
        context.warn(context.words("export.done", path=output))


def _anki(context: AppContext, topic: str | None, output: Path | None) -> None:
    from llmquiz.export import anki
    from llmquiz.export.topic import topic as called

    chosen = called(context, topic)
    path = output or Path(f"{chosen.name}.{context.lang}.apkg")
    count = anki.write(chosen, path)
    context.warn(context.words("export.anki", path=path, count=count))


def _lines(context: AppContext, form: str, topic: str | None) -> Iterator[str]:
    if form == "log":
        return (json.dumps(row, ensure_ascii=False) for row in context.past.log())
    from llmquiz.export.topic import topic as called

    return _document(form)(called(context, topic))


def _document(form: str) -> Callable[[ExportedTopic], Iterator[str]]:
    from llmquiz.export import data, markdown, page

    forms: dict[str, Callable[[ExportedTopic], Iterator[str]]] = {
        "markdown": markdown.markdown,
        "json": data.as_json,
        "csv": data.as_csv,
        "html": lambda topic: iter([page.page(topic)]),
    }
    return forms[form]


def _write(lines: Iterator[str], output: Path) -> None:
    try:
        with output.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    except OSError as error:
        raise LlmquizError("export.unwritable", output=output, strerror=error.strerror) from error


def _printable(line: str) -> str:
    """The line, if the output takes all of it: nothing is lost in an export without a word."""
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError as error:
        lost = f"U+{ord(line[error.start]):04X}"
        raise LlmquizError("export.encoding", encoding=sys.stdout.encoding, lost=lost) from error
    return line
