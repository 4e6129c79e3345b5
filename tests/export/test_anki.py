"""A topic as Anki notes."""

from __future__ import annotations

import re

import pytest

from llmquiz.export.anki import Note, notes
from llmquiz.export.topic import ExportedTopic
from llmquiz.messages.ui import Words
from llmquiz.ui.document.front import front
from tests.entries import SAMPLES

ASKED = {kind for kind, entry in SAMPLES.items() if front(entry, Words("en"))} - {"cell"}


@pytest.fixture
def anki(every_kind: ExportedTopic) -> dict[str, Note]:
    """The notes by id."""
    return {note.id: note for note in notes(every_kind)}


def test_every_question_and_every_cell_with_an_answer_is_a_note(anki: dict[str, Note]) -> None:
    assert set(anki) == {*(f"all/{kind}" for kind in ASKED), "all/table.encoder.sees"}


def test_a_note_asks_and_answers(anki: dict[str, Note]) -> None:
    assert (anki["all/table.encoder.sees"].front.strip(), anki["all/table.encoder.sees"].back.strip()) == (
        "<p>Kinds: encoder — sees?</p>",
        "<p>both sides</p>\n<p>No mask.</p>",
    )


def test_a_statement_is_followed_by_what_is_asked_of_it(anki: dict[str, Note]) -> None:
    assert anki["all/claim"].front.strip() == (
        "<p>“The cache is free.”\nSound, imprecise, contested, wrong or unverifiable?</p>"
    )


def test_code_and_options_stand_below_the_question(anki: dict[str, Note]) -> None:
    front_of = re.sub(r">\s+<", "><", anki["all/code"].front.strip())
    assert front_of == (
        "<p>What is wrong?</p><pre>mask = triu(x)\n</pre><ol><li>an encoder</li><li>a decoder</li></ol>"
    )


def test_steps_are_listed_but_not_in_the_right_order(anki: dict[str, Note]) -> None:
    steps = re.findall(r"<li>(\w+)</li>", anki["all/order"].front)
    assert sorted(steps) == ["first", "second", "third"]
    assert steps != ["first", "second", "third"]


def test_markup_in_content_stays_text(every_kind: ExportedTopic, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {"en": "<script>alert(1)</script>", "zh": "x"}
    entry = SAMPLES["code"].model_validate({**SAMPLES["code"].model_dump(), "prompt": hostile, "code": "<script>"})
    ref = next(ref for ref in every_kind.entries() if ref.kind == "code")
    monkeypatch.setattr(ExportedTopic, "entries", lambda self: iter([type(ref)(**{**_fields(ref), "entry": entry})]))
    note = next(notes(every_kind))
    assert "<script>" not in note.front
    assert note.front.count("&lt;script&gt;") == 2


def _fields(ref: object) -> dict[str, object]:
    return {name: getattr(ref, name) for name in ref.__dataclass_fields__}  # type: ignore[attr-defined]
