"""A topic as an Anki package: ids that never change, so that a second import updates the notes of the first."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llmquiz.app.context import AppContext
from llmquiz.collection.collection import QuestionRef
from llmquiz.errors import LlmquizError
from llmquiz.export.documents import entry_lines, title
from llmquiz.schema.questions import Table
from llmquiz.ui.document.prose import quoted

_STYLE = ".card { font-family: sans-serif; font-size: 18px; text-align: left; } .id { color: #999; font-size: 12px; }"


def _number(name: str) -> int:
    """A stable number for a model or deck, in the range that Anki uses."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (1 << 30) + (1 << 30)


def write(context: AppContext, topic: str, path: Path) -> int:
    """Write `topic` to an .apkg; the number of notes.

    Raises: LlmquizError where genanki is not installed.
    """
    try:
        import genanki
    except ImportError as error:
        raise LlmquizError(
            "Anki packages need genanki: pip install 'llmquiz[authoring]'",
            "导出 Anki 需要 genanki：pip install 'llmquiz[authoring]'",
        ) from error
    lang = context.lang
    fields = [{"name": name} for name in ("Front", "Back", "Id")]
    back = '{{FrontSide}}<hr id="answer">{{Back}}<p class="id">{{Id}}</p>'
    templates = [{"name": "Card", "qfmt": "{{Front}}", "afmt": back}]
    model = genanki.Model(
        _number(f"llmquiz {lang}"), f"llmquiz ({lang})", fields=fields, templates=templates, css=_STYLE
    )
    deck_title = next(found.deck for found in context.collection.topics() if found.name == topic).title[lang]
    deck = genanki.Deck(_number(f"{topic} {lang}"), deck_title)
    for name, front, answer in notes(context, topic):
        guid = genanki.guid_for("llmquiz", lang, name)
        deck.add_note(genanki.Note(model=model, fields=[front, answer, name], guid=guid, tags=[f"llmquiz::{topic}"]))
    genanki.Package(deck).write_to_file(path)
    return len(deck.notes)


def notes(context: AppContext, topic: str) -> Iterator[tuple[str, str, str]]:
    """(id, front, back) as HTML: one a key point's question, cell or other entry."""
    for asked in context.collection.entries(topic=topic):
        if asked.kind in ("technique", "interview", "reference"):
            continue
        if isinstance(asked.entry, Table):
            yield from _cells(asked, context)
        else:
            yield asked.id, _front(asked, context), _html(entry_lines(context, asked)[1:])


def _front(asked: QuestionRef, context: AppContext) -> str:
    text = title(asked.entry, context.words)
    if asked.kind == "claim":
        text = f"{quoted(text)}\n{context.words('ask.claim.short')}"
    code = f"<pre>{html.escape(asked.entry.code)}</pre>" if asked.kind == "code" else ""  # type: ignore[union-attr]
    options = getattr(asked.entry, "options", [])
    listed = "".join(f"<li>{html.escape(option.text[context.lang])}</li>" for option in options)
    return _html([text]) + code + (f"<ol>{listed}</ol>" if listed else "")


def _cells(asked: QuestionRef, context: AppContext) -> Iterator[tuple[str, str, str]]:
    table: Any = asked.entry
    lang = context.lang
    for row in table.rows:
        for column in table.columns:
            cell = row.cells[column.id]
            if cell.accept.en or cell.accept.zh:
                front = context.words("ask.cell", title=table.title[lang], row=row.text[lang], column=column.text[lang])
                answer = [cell.text[lang], "", cell.why[lang] if cell.why else ""]
                yield f"{asked.id}.{row.id}.{column.id}", _html([front]), _html(answer)


def _html(lines: list[str]) -> str:
    """Markdown lines as HTML."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render("\n".join(lines)))
