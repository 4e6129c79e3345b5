"""The log: what is recorded, taken back, overruled and renamed, and the memory that follows from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmquiz.errors import StoreError
from llmquiz.schedule.due_dates import Memory, Rating, review
from llmquiz.store.store import Answer, Flag, Reviewed, Store
from llmquiz.store.values import stamp
from tests.store.records import DAY, MET, MISSING, NOW, UNDECIDED, record


def after(*ratings: tuple[Rating, datetime], item: str = "t/q.a") -> Memory | None:
    """What the memory of `item` must be after these reviews."""
    memory = None
    for rating, at in ratings:
        memory = review(memory, item, rating, at)
    return memory


def test_an_answer_is_kept_with_its_reviews_and_the_memory_of_what_was_rated(store: Store) -> None:
    number = record(store, a=MET, b=MISSING, c=UNDECIDED)
    reviews = (Reviewed("t/q.a", *MET), Reviewed("t/q.b", *MISSING), Reviewed("t/q.c", *UNDECIDED))
    answer = Answer(number, NOW, "s1", "t/q", "en", "drill", "words", "h1", 12.5, 1, "points", False, False, reviews)
    assert store.answers() == (answer,)
    assert store.memories() == {
        "t/q.a": after((Rating.good, NOW)),
        "t/q.b": after((Rating.again, NOW), item="t/q.b"),
    }


def test_a_memory_read_back_is_exactly_the_one_written(tmp_path: Path) -> None:
    moments = [NOW + n * DAY / 7 for n in range(9)]
    with Store.open(tmp_path / "llmquiz.db", now=NOW) as store:
        for at in moments:
            record(store, at, a=MET)
    with Store.open(tmp_path / "llmquiz.db", now=moments[-1]) as store:
        assert store.memories() == {"t/q.a": after(*((Rating.good, at) for at in moments))}
        assert store.memories()["t/q.a"].due.tzinfo is UTC


def test_memories_are_read_for_some_items_or_for_all(store: Store) -> None:
    record(store, a=MET, b=MET)
    record(store, question="t/r", a=MET)
    assert list(store.memories(["t/r.a", "t/q.b", "t/none"])) == ["t/q.b", "t/r.a"]
    assert store.memories([]) == {}


def test_what_a_choice_needs_is_read_as_text_that_sorts_as_time_does(store: Store) -> None:
    record(store, NOW.replace(microsecond=0) - 9 * DAY, question="t/r", a=MET)
    record(store, NOW - 20 * DAY, a=MET, b=MISSING)
    dues, memories = store.dues(), store.memories()
    assert dues == {item: (stamp(memory.due), memory.stability) for item, memory in memories.items()}
    assert sorted(dues, key=dues.__getitem__) == sorted(memories, key=lambda item: memories[item].due)
    assert dues["t/r.a"][0] == "2026-11-16T09:07:30.000000+00:00"


def test_an_answer_after_a_clock_that_was_ahead_counts_from_its_own_date(store: Store) -> None:
    record(store, NOW + 3650 * DAY, a=MET)
    record(store, NOW, a=MISSING)
    assert store.memories()["t/q.a"].last_review == NOW
    assert store.memories()["t/q.a"].due < NOW + 10 * DAY
    assert store.memories()["t/q.a"] == after((Rating.good, NOW), (Rating.again, NOW))
    assert store.check() == []


def test_what_is_dated_after_the_present_counts_as_given_now_until_it_is_undone(tmp_path: Path) -> None:
    ahead = NOW + 3650 * DAY
    with Store.open(tmp_path / "llmquiz.db", now=ahead) as store:
        number = record(store, ahead, a=MET)
        assert not store.is_ahead
    for now in (NOW, NOW + 30 * DAY):
        with Store.open(tmp_path / "llmquiz.db", now=now) as store:
            assert store.is_ahead
            assert [answer.id for answer in store.answers_after(now)] == [number]
            assert store.memories() == {"t/q.a": after((Rating.good, now))}
            assert store.dues() == {
                "t/q.a": (stamp(store.memories()["t/q.a"].due), store.memories()["t/q.a"].stability)
            }
            assert store.check() == []
    with Store.open(tmp_path / "llmquiz.db", now=NOW) as store:
        store.undo(number, at=NOW)
        assert (store.is_ahead, store.answers_after(NOW), store.memories()) == (False, (), {})


def test_undo_takes_an_answer_back_by_further_lines(store: Store) -> None:
    first = record(store, a=MET)
    second = record(store, NOW + DAY, a=MISSING, b=MET, c=UNDECIDED)
    before = list(store.log())
    store.undo(second, at=NOW + 2 * DAY)
    lines = list(store.log())
    assert lines[:4] == before
    assert [(line["item"], line["state"], line["rating"], line["voids"]) for line in lines[4:]] == [
        ("t/q.a", None, None, 2),
        ("t/q.b", None, None, 3),
        ("t/q.c", None, None, 4),
    ]
    assert store.memories() == {"t/q.a": after((Rating.good, NOW))}
    assert [(answer.id, answer.undone, len(answer.reviews)) for answer in store.answers()] == [
        (first, False, 1),
        (second, True, 0),
    ]


def test_undo_in_the_middle_leaves_what_came_later(store: Store) -> None:
    record(store, NOW, a=MET)
    middle = record(store, NOW + 2 * DAY, a=MISSING)
    record(store, NOW + 4 * DAY, a=MET)
    store.undo(middle, at=NOW + 5 * DAY)
    assert store.memories()["t/q.a"] == after((Rating.good, NOW), (Rating.good, NOW + 4 * DAY))
    assert store.check() == []


def test_an_answer_is_undone_once(store: Store) -> None:
    number = record(store, a=MET)
    store.undo(number, at=NOW)
    with pytest.raises(StoreError, match=r"^Answer 1 has been undone already\.$"):
        store.undo(number, at=NOW)
    with pytest.raises(StoreError, match=r"^Answer 1 has been undone already\.$"):
        store.overrule(number, "t/q.a", "met", Rating.good, at=NOW)
    with pytest.raises(StoreError, match=r"^There is no answer 7 in .*llmquiz\.db\.$"):
        store.undo(7, at=NOW)
    assert len(list(store.log())) == 2


def test_an_answer_without_reviews_can_be_undone_too(store: Store) -> None:
    number = record(store)
    assert store.last_answer() is not None
    store.undo(number, at=NOW)
    assert store.last_answer() is None
    assert [(line["item"], line["state"], line["voids"]) for line in store.log()] == [("t/q", None, None)]


def test_overrule_puts_a_verdict_in_the_place_of_another_at_its_time(store: Store) -> None:
    first = record(store, NOW, a=MISSING, b=MET)
    record(store, NOW + 2 * DAY, a=MET)
    store.overrule(first, "t/q.a", "met", Rating.good, at=NOW + 3 * DAY)
    assert store.memories()["t/q.a"] == after((Rating.good, NOW), (Rating.good, NOW + 2 * DAY))
    store.overrule(first, "t/q.a", "partly", Rating.again, at=NOW + 4 * DAY)
    assert store.memories()["t/q.a"] == after((Rating.again, NOW), (Rating.good, NOW + 2 * DAY))
    columns = ("state", "rating", "score", "overruled", "voids")
    assert [[line[name] for name in columns] for line in store.log()] == [
        ["missing", "again", 0.0, False, None],
        ["met", "good", 1.0, False, None],
        ["met", "good", 1.0, False, None],
        ["met", "good", 1.0, True, 1],
        ["partly", "again", 0.5, True, 4],
    ]
    assert store.answers()[0].reviews == (Reviewed("t/q.a", "partly", Rating.again, 0.5), Reviewed("t/q.b", *MET))
    assert store.check() == []


def test_what_was_undecided_becomes_a_review_when_overruled_and_the_reverse(store: Store) -> None:
    number = record(store, a=UNDECIDED)
    assert store.memories() == {}
    store.overrule(number, "t/q.a", "met", Rating.good, at=NOW + DAY)
    assert store.memories() == {"t/q.a": after((Rating.good, NOW))}
    store.overrule(number, "t/q.a", "undecided", None, at=NOW + DAY)
    assert store.memories() == {}
    store.undo(number, at=NOW + DAY)
    assert store.memories() == {}


def test_only_a_verdict_of_the_answer_can_be_overruled(store: Store) -> None:
    number = record(store, a=MET)
    with pytest.raises(StoreError, match=r"^Answer 1 has no verdict on 't/q\.z' that could be overruled\.$"):
        store.overrule(number, "t/q.z", "met", Rating.good, at=NOW)
    with pytest.raises(ValueError, match="perfect"):
        store.overrule(number, "t/q.a", "perfect", Rating.good, at=NOW)


@pytest.mark.parametrize("table", ["answer", "review"])
@pytest.mark.parametrize("statement", ["update {} set at = 0", "delete from {}"])
def test_the_log_refuses_every_change(store: Store, table: str, statement: str) -> None:
    record(store, a=MET)
    with pytest.raises(sqlite3.IntegrityError, match=r"^the log is append-only$"):
        store._connection.execute(statement.format(table))


def datatype(error: sqlite3.Error) -> bool:
    """SQLITE_CONSTRAINT_DATATYPE, which Python has no name for before 3.12."""
    return error.sqlite_errorcode == 19 | 12 << 8


def named(code: str) -> Callable[[sqlite3.Error], bool]:
    """Whether SQLite gives this reason; how it words it is its own affair."""
    return lambda error: error.sqlite_errorname == code


def test_a_line_is_voided_once_and_reviews_belong_to_answers(store: Store) -> None:
    record(store, a=MET)
    store.undo(1, at=NOW)
    insert = "insert into review (answer, at, item, voids) values (?, 0, 't/q.a', ?)"
    with pytest.raises(sqlite3.IntegrityError, check=named("SQLITE_CONSTRAINT_UNIQUE")):
        store._connection.execute(insert, (1, 1))
    with pytest.raises(sqlite3.IntegrityError, check=named("SQLITE_CONSTRAINT_FOREIGNKEY")):
        store._connection.execute(insert, (9, None))
    with pytest.raises(sqlite3.IntegrityError, check=datatype):
        store._connection.execute(insert, ("one", None))  # strict tables


def test_a_failure_in_mid_record_leaves_nothing(store: Store) -> None:
    store.save_draft("t/q", "half")
    with pytest.raises(sqlite3.IntegrityError, check=named("SQLITE_CONSTRAINT_CHECK")):
        record(store, a=MET, b=("excellent", None, 1.0))
    assert (store.answers(), store.memories(), store.draft("t/q")) == ((), {}, "half")
    assert record(store, a=MET) == 1


def test_a_renamed_item_keeps_its_history(store: Store) -> None:
    record(store, NOW, old=MET)
    record(store, NOW + 2 * DAY, new=MISSING)
    store.rename({"t/q.old": "t/q.new"})
    both = ((Rating.good, NOW), (Rating.again, NOW + 2 * DAY))
    assert store.memories() == {"t/q.new": after(*both, item="t/q.new")}
    record(store, NOW + 3 * DAY, new=MET)
    assert store.memories() == {"t/q.new": after(*both, (Rating.good, NOW + 3 * DAY), item="t/q.new")}
    assert [line["item"] for line in store.log()] == ["t/q.old", "t/q.new", "t/q.new"]
    store.overrule(1, "t/q.new", "missing", Rating.again, at=NOW)
    assert store.memories()["t/q.new"].reviews == 3
    assert [line["item"] for line in store.log()] == ["t/q.old", "t/q.new", "t/q.new", "t/q.old"]
    assert store.check() == []


def test_a_chain_of_renamings_is_followed_and_one_taken_back_is_undone(store: Store) -> None:
    record(store, a=MET)
    store.rename({"t/q.a": "t/q.b"})
    store.rename({"t/q.b": "t/q.c"})
    assert list(store.memories()) == ["t/q.c"]
    store.rename({"t/q.c": "t/q.a"})
    assert store.memories() == {"t/q.a": after((Rating.good, NOW))}
    store.rename({"t/q.a": "t/q.d", "t/q.d": "t/q.e"})
    assert list(store.memories()) == ["t/q.e"]
    assert store.check() == []


def test_two_parts_that_became_one_are_replayed_in_one_fixed_order(store: Store) -> None:
    store.rename({"t/q.a": "t/q.c", "t/q.b": "t/q.c"})
    record(store, b=MET, a=MISSING)  # by a process that still has the old content
    before = store.memories()
    store.rebuild()
    assert store.memories() == before
    assert before["t/q.c"].reviews == 2


def test_what_an_item_was_once_renamed_to_does_not_keep_its_history(store: Store) -> None:
    record(store, a=MET)
    store.rename({"t/q.a": "t/q.b"})
    store.rename({"t/q.a": "t/q.c"})
    assert list(store.memories()) == ["t/q.c"]
    store.rename({"t/q.z": "t/q.a"})  # a is current again
    assert list(store.memories()) == ["t/q.a"]
    assert store.check() == []


def test_a_circle_of_renamings_ends(store: Store) -> None:
    record(store, a=MET)
    store.rename({"t/q.a": "t/q.b", "t/q.b": "t/q.a"})
    assert list(store.memories()) == ["t/q.a"]


def test_a_renaming_that_is_known_writes_nothing(store: Store) -> None:
    record(store, a=MET)
    aka = {"t/q.a": "t/q.b", "t/q.b": "t/q.c"}
    store.rename(aka)
    changes = store._connection.total_changes
    store.rename(aka)
    store.rename({})
    assert store._connection.total_changes == changes


def test_a_renamed_question_takes_its_parts_drafts_and_answers_along(store: Store) -> None:
    record(store, question="t/q", a=MET, b=MET)
    record(store, question="t/q2", a=MET)
    store.save_draft("t/q", "half")
    store.flag("t/q", "odd", at=NOW)
    store.rename({"t/q": "t/r", "t/q.b": "t/r.beta"})
    assert list(store.memories()) == ["t/q2.a", "t/r.a", "t/r.beta"]
    assert (store.draft("t/r"), store.draft("t/q"), store.flags()) == ("half", None, (Flag("t/r", NOW, "odd"),))
    assert [answer.id for answer in store.answers(question="t/r")] == [1]


def test_a_draft_and_a_flag_of_the_new_name_are_not_replaced_by_those_of_the_old(store: Store) -> None:
    for question in ("t/q", "t/r"):
        store.save_draft(question, f"about {question}")
        store.flag(question, f"note on {question}", at=NOW)
    store.rename({"t/q": "t/r"})
    assert store.draft("t/r") == "about t/r"
    assert [flag.note for flag in store.flags() if flag.question == "t/r"] == ["note on t/r"]


def test_memory_is_rebuilt_from_the_log_alone(store: Store) -> None:
    record(store, a=MET, b=MISSING)
    record(store, NOW + DAY, a=MISSING, b=MET)
    store.undo(1, at=NOW + DAY)
    store.rename({"t/q.a": "t/q.z"})
    before = store.memories()
    store._connection.execute("delete from memory where item = 't/q.b'")
    store._connection.execute("update memory set stability = 99, item = 'ghost'")
    (fault,) = store.check()
    assert fault.startswith("The memory of 3 of 3 items is not what the log says (first: ghost); the log is sound:")
    assert store.check("zh")[0].startswith("3 个条目中有 3 个的记忆状态与记录不符（第一个：ghost）；")
    store.rebuild()
    assert (store.memories(), store.check()) == (before, [])
