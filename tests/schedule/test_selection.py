"""Which questions a sitting asks, and in which order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmquiz.collection.collection import Item
from llmquiz.schedule.selection import Candidate, DrillOptions, candidates, level_for, queue, spread

UNTIL = "2026-11-24T04"
PAST, FUTURE = "2026-11-20", "2026-12-20"


def item(name: str, *, kind: str = "open", level: int = 0, position: int = 0) -> Item:
    """An item whose question is what stands before its last dot."""
    question = name.rsplit(".", 1)[0] if kind == "open" else name
    return Item(name, question, name.split("/")[0], kind, level, position)


ITEMS = [
    item("t/a.one", position=1),
    item("t/a.two", position=1),
    item("t/a.deep", level=1, position=1),
    item("t/b.one", position=2),
    item("t/claim", kind="claim", position=3),
    item("t/late.one", level=2, position=9),
    item("u/other", kind="number", position=4),
]


def asked(dues: dict[str, tuple[str, float]], options: DrillOptions) -> list[str]:
    """The questions of a sitting."""
    return [candidate.question for candidate in queue(ITEMS, dues, options, until=UNTIL)]


def test_a_new_learner_gets_the_core_in_the_order_of_learning() -> None:
    assert asked({}, DrillOptions()) == ["t/a", "t/b", "t/claim", "u/other"]


def test_the_next_level_opens_when_the_lower_one_was_all_asked() -> None:
    seen = {i.id: (FUTURE, 3.0) for i in ITEMS if i.level == 0}
    assert level_for(ITEMS, seen, DrillOptions()) == 1
    assert asked(seen, DrillOptions()) == ["t/a"]


def test_a_question_is_due_when_its_weakest_item_is() -> None:
    dues = {
        "t/a.one": (FUTURE, 9.0),
        "t/a.two": (PAST, 1.0),
        "t/b.one": (FUTURE, 2.0),
        "t/claim": (FUTURE, 2.0),
        "u/other": (FUTURE, 2.0),
    }
    assert asked(dues, DrillOptions(level=0)) == ["t/a"]


def test_what_is_longest_overdue_comes_first() -> None:
    dues = {"t/b.one": ("2026-11-01", 1.0), "t/claim": ("2026-11-10", 1.0)}
    assert asked(dues, DrillOptions(level=0, new=0)) == ["t/b", "t/claim"]


def test_at_most_so_many_new_ones_and_some_even_when_much_is_due() -> None:
    assert asked({}, DrillOptions(new=2)) == ["t/a", "t/b"]
    dues = {"t/a.one": (PAST, 1.0), "t/a.two": (PAST, 1.0), "t/b.one": (PAST, 1.0)}
    assert sorted(asked(dues, DrillOptions(level=0, limit=2))) == ["t/a", "t/claim"]


def test_a_new_question_is_asked_in_the_middle_of_what_is_due_and_pushes_out_the_last() -> None:
    dues = {
        "t/a.one": ("2026-11-01", 1.0),
        "t/a.two": (PAST, 1.0),
        "t/b.one": ("2026-11-02", 1.0),
        "t/claim": (PAST, 1.0),
    }
    assert asked(dues, DrillOptions(level=0, limit=3)) == ["t/a", "u/other", "t/b"]


def test_a_name_asks_it_even_when_it_is_not_due() -> None:
    dues = {"t/a.one": (FUTURE, 9.0), "t/a.two": (FUTURE, 9.0)}
    assert asked(dues, DrillOptions(names=("t/a",), level=0)) == ["t/a"]
    assert asked({}, DrillOptions(names=("t/late",), level=0)) == ["t/late"]
    assert asked({}, DrillOptions(names=("u",))) == ["u/other"]


def test_a_named_question_reviews_the_items_of_the_learners_level() -> None:
    chosen = candidates(ITEMS, DrillOptions(names=("t/a",)), 0, {})
    assert [candidate.items for candidate in chosen] == [("t/a.one", "t/a.two")]


def test_kinds_filter_and_what_cannot_be_asked_is_left_out() -> None:
    assert asked({}, DrillOptions(kinds=("claim", "number"))) == ["t/claim", "u/other"]
    assert asked({}, DrillOptions(without=("claim",))) == ["t/a", "t/b", "u/other"]


def test_cramming_ignores_the_schedule_weakest_first() -> None:
    dues = {
        "t/a.one": (FUTURE, 9.0),
        "t/a.two": (FUTURE, 8.0),
        "t/b.one": (FUTURE, 1.0),
        "t/claim": (FUTURE, 5.0),
        "u/other": (FUTURE, 7.0),
    }
    assert asked(dues, DrillOptions(cram=True, level=0)) == ["t/b", "t/claim", "u/other", "t/a"]


def test_a_seed_draws_the_same_new_questions_again() -> None:
    assert asked({}, DrillOptions(seed=1)) == asked({}, DrillOptions(seed=1))
    assert len({tuple(asked({}, DrillOptions(seed=seed))) for seed in range(20)}) > 1


@pytest.mark.parametrize("most", [3, 20])
def test_siblings_are_spread(most: int) -> None:
    cells = [Candidate(f"t/table.r{n}.c", "cell", 0, 0, (f"t/table.r{n}.c",), PAST, False) for n in range(3)]
    others = [Candidate(f"t/q{n}", "open", 0, 0, (f"t/q{n}.p",), PAST, False) for n in range(4)]
    order = [candidate.entry for candidate in spread([*cells, *others], most)]
    assert len(order) == min(most, 7)
    assert all(a != b for a, b in pairwise(order))


def test_two_others_stand_between_siblings_where_there_are_any() -> None:
    cells = [Candidate(f"t/table.r{n}.c", "cell", 0, 0, (), PAST, False) for n in range(2)]
    others = [Candidate(f"t/q{n}", "open", 0, 0, (), PAST, False) for n in range(2)]
    assert [candidate.entry for candidate in spread([*cells, *others], 4)] == ["t/table", "t/q0", "t/q1", "t/table"]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3)), max_size=30, unique=True), st.integers(1, 30)
)
def test_spreading_loses_and_doubles_nothing(names: list[tuple[str, int]], most: int) -> None:
    chosen = [Candidate(f"t/{entry}.{number}", "cell", 0, 0, (), PAST, False) for entry, number in names]
    result = spread(chosen, most)
    assert len(result) == min(most, len(chosen))
    assert len({candidate.question for candidate in result}) == len(result)
