"""Notes for authors: one a question."""

from __future__ import annotations

from llmquiz.store.store import Flag, Store
from tests.store.records import DAY, NOW


def test_flags_are_kept_one_a_question(store: Store) -> None:
    store.flag("t/q", "wrong year", at=NOW + DAY)
    store.flag("t/r", "", at=NOW)
    store.flag("t/q", "wrong author", at=NOW + DAY)
    assert store.flags() == (Flag("t/r", NOW, ""), Flag("t/q", NOW + DAY, "wrong author"))
    store.unflag("t/r")
    store.unflag("t/none")
    assert [flag.question for flag in store.flags()] == ["t/q"]
