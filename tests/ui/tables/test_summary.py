"""The end of a sitting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from llmquiz.grading.score import PointState
from llmquiz.ids import Id
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schedule.due_dates import Memory
from llmquiz.schedule.reviews import Review, Tally
from llmquiz.ui.tables.summary import nothing, sitting, weakest
from tests.entries import both
from tests.ui.drawn import drawn

EN = Words("en")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def memory(days: int = 1, *, stability: float = 2.0, reviews: int = 3, lapses: int = 0) -> Memory:
    """An item that is due after so many days."""
    return Memory("t/q", NOW + timedelta(days=days), stability, 5.0, NOW, reviews, lapses)


def tally(*states: PointState) -> Tally:
    """A sitting of one answer, in which its items came to these."""
    return Tally({1: [Review(Id(f"t/q{n}"), state, None, 0.0) for n, state in enumerate(states)]})


@pytest.mark.parametrize("lang", LANGS)
def test_a_sitting_is_counted(lang: Lang) -> None:
    words = Words(lang)
    counted = tally(PointState.met, PointState.met, PointState.missing)
    lines = drawn(*sitting(counted, [], [], NOW, words))
    assert lines[1].startswith(f"{words('end.title')} ─")
    assert lines[2:] == [words("end.asked", asked=1, met=2, missed=counted.missed), ""]


@pytest.mark.parametrize("lang", LANGS)
def test_what_comes_back_is_counted_by_its_day_the_next_first(lang: Lang) -> None:
    words = Words(lang)
    lines = drawn(*sitting(tally(), [memory(5), memory(0), memory(1), memory(5), memory(-3)], [], NOW, words))
    colon = words("list.colon")
    today, tomorrow, later = words("when.today"), words("when.tomorrow"), words("when.days", days=5)
    assert lines[3:] == ["", words("end.due"), f"  {today}{colon}2 · {tomorrow}{colon}1 · {later}{colon}2", ""]


@pytest.mark.parametrize("lang", LANGS)
def test_the_weakest_stand_last_with_what_they_say(lang: Lang) -> None:
    words = Words(lang)
    weak = [("t/q.point", both("The *variance* grows.")[lang], memory(lapses=2))]
    lines = drawn(*sitting(tally(), [], weak, NOW, words))
    text = both("The variance grows.")[lang]
    count = words("stats.weak-line", misses=2, reviews=3)
    assert lines[3:] == ["", words("end.weak"), f"  · {text}  {count}", ""]


@pytest.mark.parametrize(
    ("item", "count"),
    [
        (memory(stability=0.2, reviews=1), "1 of 1 missed"),  # at its first review, which is no lapse
        (memory(stability=1.0, reviews=3, lapses=1), "1 of 3 missed"),
        (memory(stability=5.0, reviews=4), "0 of 4 missed"),
    ],
)
def test_misses_are_counted_with_that_of_the_first_review(item: Memory, count: str) -> None:
    assert drawn(*weakest([("t/q", "Why?", item)], EN))[0] == f"  · Why?  {count}"


@pytest.mark.parametrize("lang", LANGS)
def test_a_sitting_without_an_answer_says_so(lang: Lang) -> None:
    assert drawn(nothing(Words(lang))) == [Words(lang)("end.none")]
