"""Ratings and memory: the table, the dates, and the library underneath."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import fsrs
import pytest

from llmquiz.grading.score import PointState
from llmquiz.schedule.due_dates import Memory, Rating, as_of, rating_of, retrievability, review

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def reviewed(ratings: str, every: timedelta | None = None) -> Memory:
    """The memory after `ratings` (g, a, h, e), each when due, or `every` so often."""
    memory, at = None, START
    for letter in ratings:
        rating = next(rating for rating in Rating if rating.name.startswith(letter))
        memory = review(memory, "t/q.p", rating, at)
        at = memory.due if every is None else at + every
    assert memory is not None
    return memory


@pytest.mark.parametrize(
    ("state", "hinted", "rating"),
    [
        (PointState.met, False, Rating.good),
        (PointState.met, True, Rating.again),
        (PointState.partly, False, Rating.again),
        (PointState.partly, True, Rating.again),
        (PointState.missing, False, Rating.again),
        (PointState.missing, True, Rating.again),
        (PointState.contradicted, False, Rating.again),
        (PointState.contradicted, True, Rating.again),
        (PointState.undecided, False, None),
        (PointState.undecided, True, None),
    ],
)
def test_one_table_turns_a_verdict_into_a_rating(state: PointState, hinted: bool, rating: Rating | None) -> None:
    assert rating_of(state, hinted) is rating


def test_the_intervals_of_a_known_sequence() -> None:
    """The sequence of py-fsrs's own golden test; its values differ where that one has learning steps (its 0s)."""
    days, memory, at = [], None, START
    for rating in [Rating.good] * 6 + [Rating.again] * 2 + [Rating.good] * 5:
        memory = review(memory, "t/q.p", rating, at)
        days.append((memory.due - at).days)
        at = memory.due
    assert days == [2, 11, 46, 163, 497, 1346, 9, 1, 2, 4, 7, 13, 22]
    assert memory is not None
    assert (round(memory.stability, 4), round(memory.difficulty, 4)) == (21.5282, 9.0558)
    assert (memory.reviews, memory.lapses) == (13, 2)


def test_a_chain_of_reviews_is_what_the_library_itself_makes_of_it() -> None:
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, memory = fsrs.Card(card_id=1, due=START), None
    for hours, rating in [(0, "again"), (1, "good"), (49, "good"), (200, "hard"), (201, "easy"), (2000, "again")]:
        at = START + timedelta(hours=hours)
        card, _ = scheduler.review_card(card, fsrs.Rating[rating.capitalize()], at)
        memory = review(memory, "t/q.p", Rating(rating), at)
    assert memory is not None
    assert (memory.due, memory.stability, memory.difficulty) == (card.due, card.stability, card.difficulty)
    later = START + 200 * DAY
    assert retrievability(memory, later) == scheduler.get_card_retrievability(card, later)


@pytest.mark.parametrize("rating", list(Rating))
def test_a_first_review_comes_back_on_a_later_day(rating: Rating) -> None:
    assert review(None, "t/q.p", rating, START).due >= START + DAY


def test_an_again_on_a_new_item_is_no_lapse() -> None:
    assert (reviewed("a").lapses, reviewed("aa").lapses, reviewed("ga").lapses, reviewed("gg").lapses) == (0, 1, 1, 0)
    assert (reviewed("gh").lapses, reviewed("ge").lapses) == (0, 0)


def test_a_last_review_dated_later_counts_as_given_now() -> None:
    """The clock was ahead then; what it showed must not put the item off by years."""
    memory, now = reviewed("g"), START - 400 * DAY
    back, same_day = review(memory, "t/q.p", Rating.good, now), review(memory, "t/q.p", Rating.good, START)
    assert (back.last_review, back.due) == (now, now + (same_day.due - START))
    assert (back.stability, back.difficulty) == (same_day.stability, same_day.difficulty)
    assert as_of(memory, now) == replace(memory, last_review=now, due=now + (memory.due - memory.last_review))
    assert as_of(memory, memory.last_review) is memory


def test_the_same_reviews_give_the_same_memory_without_fuzz() -> None:
    assert [reviewed("ggggg") for _ in range(20)] == [reviewed("ggggg")] * 20


def test_a_time_in_another_zone_is_the_same_moment() -> None:
    east = START.astimezone(timezone(timedelta(hours=8)))
    assert review(None, "t/q.p", Rating.good, east) == review(None, "t/q.p", Rating.good, START)
    assert review(None, "t/q.p", Rating.good, east).due.tzinfo is UTC


def test_retrievability_falls_to_nine_tenths_after_the_stability() -> None:
    memory = reviewed("gggg")
    assert retrievability(memory, memory.last_review) == 1
    assert retrievability(memory, memory.last_review + round(memory.stability) * DAY) == pytest.approx(0.9, abs=2e-3)
    assert retrievability(memory, memory.last_review - 5 * DAY) == 1  # a clock set back


def of_the_clock(work: Callable[[], object]) -> set[str]:
    """What `work` and all that it calls have called of `time`, and which date or moment they took for the present."""
    called: set[str] = set()

    def note(_frame: object, event: str, function: Any) -> None:
        if event == "c_call":
            of_time = getattr(function, "__module__", "") == "time" or function.__name__ in {"now", "utcnow", "today"}
            called.update({function.__name__} if of_time else ())

    before = sys.getprofile()
    gc.disable()  # hypothesis times each collection
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    return called


def test_a_review_neither_sleeps_nor_reads_the_clock() -> None:
    """fsrs.Card reads the clock and sleeps a millisecond where no id is given: a plan of thousands would take seconds.

    That many reviews are timed by `python -m tests.bench`.
    """
    assert of_the_clock(lambda: (time.sleep(0), time.time(), datetime.now(UTC))) == {"sleep", "time", "now"}
    memory = reviewed("g")
    assert of_the_clock(lambda: retrievability(review(None, "t/q.p", Rating.good, START), START)) == set()
    assert of_the_clock(lambda: retrievability(review(memory, "t/q.p", Rating.again, START), START)) == set()


def test_the_scheduler_is_not_loaded_before_it_is_needed() -> None:
    """The drill's first question must not wait for fsrs, nor for anything of a demo."""
    program = "import llmquiz.store.store, llmquiz.schedule.stats, sys\n"
    program += "print({'fsrs', 'torch', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
