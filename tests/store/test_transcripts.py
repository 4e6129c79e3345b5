"""What the database keeps of mock interviews."""

from __future__ import annotations

from llmquiz.store.store import Said, Store
from tests.store.records import NOW

TURN = {"number": 1, "question": "t/q", "say": "为什么？"}


def test_interviews_begun_at_the_same_moment_get_names_of_their_own(store: Store) -> None:
    names = [store.begin_interview("mock", {"seed": seed}, at=NOW) for seed in range(3)]
    assert names == ["mock", "mock-2", "mock-3"]
    assert [(interview.id, interview.at, interview.setting, interview.report) for interview in store.interviews()] == [
        (name, NOW, {"seed": seed}, None) for seed, name in enumerate(names)
    ]


def test_what_is_typed_is_kept_until_it_is_said(store: Store) -> None:
    name = store.begin_interview("mock", {}, at=NOW)
    store.say(name, 1, TURN, "", 0, "")
    store.say(name, 1, TURN, "half an ans", 4, "")
    assert store.said(name) == (Said(1, TURN, "half an ans", 4, ""),)
    store.say(name, 1, TURN, "half an answer", 9.5, "sent")
    assert store.said(name) == (Said(1, TURN, "half an answer", 9.5, "sent"),)


def test_the_report_closes_an_interview(store: Store) -> None:
    name = store.begin_interview("mock", {}, at=NOW)
    store.end_interview(name, {"verdict": "yes", "name": "林博士"})
    assert store.interviews()[0].report == {"verdict": "yes", "name": "林博士"}


def test_an_interview_leaves_the_review_log_alone(store: Store) -> None:
    name = store.begin_interview("mock", {}, at=NOW)
    store.say(name, 1, TURN, "words", 1, "sent")
    assert list(store.log()) == []
    assert store.memories() == {}
    assert store.check() == []
