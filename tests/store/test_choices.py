"""What was chosen is found again."""

from __future__ import annotations

from llmquiz.store.store import Store
from tests.store.records import DAY, MET, MISSING, NOW, record


def test_the_newest_choice_counts_and_none_takes_it_back(store: Store) -> None:
    assert store.choice("level") is None
    store.choose("level", "deep")
    store.choose("level", "core")
    store.choose("topics", "a b")
    assert (store.choice("level"), store.choice("topics")) == ("core", "a b")
    store.choose("level", None)
    store.choose("never", None)
    assert (store.choice("level"), store.choice("topics")) == (None, "a b")


def test_what_was_missed_last_is_told_from_what_was_missed_once(store: Store) -> None:
    record(store, a=MISSING, b=MET, c=MISSING)
    record(store, NOW + DAY, a=MET, b=MISSING)
    assert store.missed_last() == {"t/q.b", "t/q.c"}
    last = record(store, NOW + 2 * DAY, c=MET)
    assert store.missed_last() == {"t/q.b"}
    store.undo(last, at=NOW + 2 * DAY)
    store.rename({"t/q.b": "t/new"})
    assert store.missed_last() == {"t/new", "t/q.c"}


def test_questions_begun_since_a_moment(store: Store) -> None:
    record(store, NOW, "t/old", a=MET)
    record(store, NOW + DAY, "t/old", a=MET)
    record(store, NOW + DAY, "t/new", a=MET)
    undone = record(store, NOW + DAY, "t/undone", a=MET)
    store.undo(undone, at=NOW + DAY)
    assert store.first_asked_since(NOW + DAY) == {"t/new"}


def test_the_time_that_answers_took_is_of_drills_that_stand(store: Store) -> None:
    first = record(store, NOW, "t/a", a=MET)
    record(store, NOW + DAY, "t/b", a=MET)
    store.undo(first, at=NOW + DAY)
    assert store.taken() == [("t/b", "s1", (NOW + DAY).timestamp(), 12.5)]
