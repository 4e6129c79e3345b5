"""Unfinished answers: one a question, until it is answered."""

from __future__ import annotations

from pathlib import Path

from llmquiz.store.store import Store
from tests.store.records import MET, NOW, record


def test_a_draft_lasts_until_its_answer_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "llmquiz.db"
    with Store.open(path, now=NOW) as store:
        store.save_draft("t/q", "half")
        store.save_draft("t/q", "half an answer\n半个")
        store.save_draft("t/r", "other")
    with Store.open(path, now=NOW) as store:
        assert (store.draft("t/q"), store.draft("t/none")) == ("half an answer\n半个", None)
        record(store, a=MET)
        store.undo(1, at=NOW)
        assert (store.draft("t/q"), store.draft("t/r")) == (None, "other")
        store.save_draft("t/r", " ")
        assert store.draft("t/r") is None
