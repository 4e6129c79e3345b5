"""Notes on questions: kept, listed, removed, and refused where there is nothing to keep."""

from __future__ import annotations

import json

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.flags import flag, listing
from llmquiz.errors import LlmquizError, UnknownId


def test_a_note_is_kept_under_the_full_id_and_removed(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    flag(context, "scale", "odd year", remove=False)
    assert [(note.question, note.note) for note in context.store.flags()] == [("small/scale", "odd year")]
    flag(context, "small/scale", "", remove=True)
    assert context.store.flags() == ()
    assert capsys.readouterr().out.splitlines() == [
        context.words("flag.saved", id="small/scale"),
        context.words("flag.removed", id="small/scale"),
    ]


def test_an_empty_note_and_an_unknown_question_are_refused(context: AppContext) -> None:
    with pytest.raises(LlmquizError, match=r'^Say what is wrong: llmquiz flag scale "\.\.\."$'):
        flag(context, "scale", "", remove=False)
    with pytest.raises(UnknownId, match="scales"):
        flag(context, "scales", "odd", remove=False)
    assert context.store.flags() == ()


def test_notes_are_listed_as_a_table_and_as_json(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    listing(context, json=False)
    assert capsys.readouterr().out.strip() == context.words("flag.none")
    context.store.flag("small/scale", "odd year", at=context.store.present)
    listing(context, json=False)
    assert "odd year" in capsys.readouterr().out
    listing(context, json=True)
    assert json.loads(capsys.readouterr().out) == [
        {"id": "small/scale", "at": "2026-11-23T09:00:00+00:00", "note": "odd year"}
    ]
