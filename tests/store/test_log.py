"""The log read back: its lines, the answers they belong to, and what was done when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from llmquiz.schedule.due_dates import Activity, Rating
from llmquiz.store.store import Store
from tests.store.records import DAY, MET, MISSING, NOW, UNDECIDED, record


def test_the_log_is_exported_as_json_a_line_a_row(store: Store) -> None:
    record(store, question="t/问", answer="因果掩码\n\x00\x1b[31m", a=MET)
    (line,) = store.log()
    assert json.dumps(line).endswith('"overruled": false, "voids": null}')
    assert json.loads(json.dumps(line)) == {
        "at": "2026-11-23T09:07:30.123456+00:00",
        "item": "t/问.a",
        "question": "t/问",
        "lang": "en",
        "source": "drill",
        "state": "met",
        "rating": "good",
        "score": 1.0,
        "answer": "因果掩码\n\x00\x1b[31m",
        "hash": "h1",
        "again": False,
        "overruled": False,
        "voids": None,
    }


def test_answers_are_found_by_question_sitting_and_source(store: Store) -> None:
    for number in range(4):
        store.record(
            at=NOW,
            sitting=f"s{number // 2}",
            question=f"t/q{number % 2}",
            lang="zh",
            source="mock" if number == 3 else "drill",
            answer="",
            hash="",
            reviews=[],
        )
    answers = store.answers
    assert [answer.id for answer in answers()] == [1, 2, 3, 4]
    assert [answer.id for answer in answers(last=2)] == [3, 4]
    assert [answer.id for answer in answers(question="t/q0")] == [1, 3]
    assert [answer.id for answer in answers(question="t/q0", sitting="s1")] == [3]
    assert [answer.id for answer in answers(source="drill", last=2)] == [2, 3]
    assert answers(question="t/none") == ()


def test_the_last_answer_is_the_newest_that_stands(store: Store) -> None:
    assert store.last_answer() is None
    record(store, a=MET)
    second = record(store, b=MET)
    assert store.last_answer() == store.answers()[1]
    store.undo(second, at=NOW)
    assert store.last_answer() == store.last_answer("s1") == store.answers()[0]
    assert store.last_answer("s2") is None


def test_activity_counts_by_quarters_of_an_hour_what_stands(store: Store) -> None:
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert store.activity() == ()
    record(store, start, a=MET, b=MISSING, c=UNDECIDED)
    record(store, start + timedelta(minutes=14, seconds=59), a=MISSING)
    record(store, start + timedelta(minutes=15), a=MISSING, d=MET)
    record(store, start + DAY, a=MET, b=MET)  # undone below
    record(store, start + DAY, c=MET)
    store.undo(4, at=start + DAY)
    store.overrule(3, "t/q.d", "missing", Rating.again, at=start + 5 * DAY)
    quarters = (
        Activity(start, answers=2, seconds=25.0, reviews=3, agains=2, firsts=2, first_agains=1),
        Activity(start + timedelta(minutes=15), answers=1, seconds=12.5, reviews=2, agains=2, firsts=1, first_agains=1),
        Activity(start + DAY, answers=1, seconds=12.5, reviews=1, agains=0, firsts=1, first_agains=0),
    )
    assert store.activity() == quarters
    store.rename({"t/q.d": "t/q.a"})  # its first review is then a later one of the other
    assert [(quarter.firsts, quarter.first_agains) for quarter in store.activity()] == [(2, 1), (0, 0), (1, 0)]
