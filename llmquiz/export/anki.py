"""A topic as an Anki package: ids that never change, so that a second import updates the notes of the first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz.errors import LlmquizError
from llmquiz.export.rendered import template
from llmquiz.schedule.layout import lay_out
from llmquiz.ui.document.from_entry import document
from llmquiz.ui.document.front import asked
from llmquiz.ui.document.markdown import body

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.export.topic import ExportedTopic
    from llmquiz.ui.document.front import Front

_STYLE = ".card { font-family: sans-serif; font-size: 18px; text-align: left; } .id { color: #999; font-size: 12px; }"
_BACK = '{{FrontSide}}<hr id="answer">{{Back}}<p class="id">{{Id}}</p>'
"""Anki's own template language: it fills in the fields of a note."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note; front and back are HTML."""

    id: str
    front: str
    back: str


def _number(name: str) -> int:
    """A stable number for a model or deck, in the range that Anki uses: 2**30 to 2**31."""
    # Not hash(), which differs from run to run.
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (1 << 30) + (1 << 30)


def write(topic: ExportedTopic, path: Path) -> int:
    """Write `topic` to an .apkg; the number of notes.

    Raises: LlmquizError where genanki is not installed.
    """
    try:
        import genanki
    except ImportError as error:
        raise LlmquizError("export.needs-genanki") from error
    lang = topic.context.lang
    model = genanki.Model(
        _number(f"llmquiz {lang}"),
        f"llmquiz ({lang})",
        fields=[{"name": name} for name in ("Front", "Back", "Id")],
        templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": _BACK}],
        css=_STYLE,
    )
    deck = genanki.Deck(_number(f"{topic.name} {lang}"), topic.deck.title[lang])
    for note in notes(topic):
        # The language is part of it: one collection can hold both decks, and neither overwrites the other.
        guid = genanki.guid_for("llmquiz", lang, note.id)
        fields = [note.front, note.back, note.id]
        deck.add_note(genanki.Note(model=model, fields=fields, guid=guid, tags=[f"llmquiz::{topic.name}"]))
    genanki.Package(deck).write_to_file(path)
    return len(deck.notes)


def notes(topic: ExportedTopic) -> Iterator[Note]:
    """A note a question and a cell that is asked; what is only read makes none."""
    words = topic.context.words
    fields: Any = template("note.html.jinja").module
    for ref in topic.entries():
        for part, question in asked(ref.entry):
            shown = document(question, words)
            assert shown.front, f"{ref.id} is not asked"
            text = "\n".join(filter(None, (shown.front.prompt, shown.front.asks)))
            front = fields.front(text, shown.front.code, _choices(ref, shown.front))
            yield Note(ref.id.part(*part), str(front), str(fields.back("\n".join(body(shown)))))


def _choices(ref: QuestionRef, front: Front) -> Sequence[str]:
    """Options as authored; steps in another order, as theirs is the answer."""
    # A fixed seed, so that a second export does not change the note.
    return front.chosen_from(lay_out(ref, seed=0).order) if front.ranked else front.choices
