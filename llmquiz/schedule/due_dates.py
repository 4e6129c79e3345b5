"""When an item comes back: the only door to `fsrs`, which is imported where it is first needed (45 ms).

The scheduler runs without learning steps and without fuzz: a first Good comes back on a later day, and the same reviews
give the same dates on every machine, so that the memory of an item can be rebuilt from the log at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, assert_never

from llmquiz.grading.score import PointState

if TYPE_CHECKING:
    import fsrs


class Rating(StrEnum):
    """How well an item was recalled, in the scheduler's words."""

    again = "again"
    hard = "hard"
    good = "good"
    easy = "easy"


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known about the learner's memory of one item."""

    item: str
    due: datetime
    stability: float
    """Days until the chance of recall has fallen to 90 %."""
    difficulty: float
    """1 to 10."""
    last_review: datetime
    reviews: int
    lapses: int
    """Agains on an item that had been reviewed before."""

    @property
    def misses(self) -> int:
        """How often it was missed."""
        # An item that was missed at its first review has no lapse, but less than a day of stability.
        return self.lapses + (self.stability < 1)


@dataclass(frozen=True, slots=True)
class Activity:
    """What was done in the quarter of an hour that begins at `at`; what was undone does not count."""

    at: datetime
    answers: int
    seconds: float
    """Time taken for the answers."""
    reviews: int
    agains: int
    firsts: int
    """Reviews of items never reviewed before."""
    first_agains: int


def rating_of(state: PointState, hinted: bool) -> Rating | None:
    """The rating of a verdict; `hinted`: a hint named the point before it was met. None is no review."""
    match state:
        case PointState.met:
            return Rating.again if hinted else Rating.good
        case PointState.partly | PointState.missing | PointState.contradicted:
            return Rating.again
        case PointState.undecided:
            return None
        case _:
            assert_never(state)


def review(memory: Memory | None, item: str, rating: Rating, at: datetime) -> Memory:
    """The memory of `item` after a review.

    Where the last one is dated after it, a clock was ahead: no time counts as passed since (fsrs takes a negative time
    as none), and the new date holds, or the item would be put off until the date that the clock showed.
    """
    import fsrs

    at = at.astimezone(UTC)  # fsrs refuses every other zone
    # With id and due given, the constructor neither reads the clock nor sleeps.
    before = fsrs.Card(card_id=0, due=at) if memory is None else _card(memory)
    after, _ = _scheduler().review_card(before, fsrs.Rating[rating.name.capitalize()], at)
    assert after.stability is not None
    assert after.difficulty is not None
    return Memory(
        item=item,
        due=after.due,
        stability=after.stability,
        difficulty=after.difficulty,
        last_review=at,
        reviews=1 + (memory.reviews if memory else 0),
        lapses=memory.lapses + (rating is Rating.again) if memory else 0,
    )


def as_of(memory: Memory, now: datetime) -> Memory:
    """The memory with a last review after `now`, from a clock that was ahead, taken as given now."""
    if memory.last_review <= now:
        return memory
    return replace(memory, last_review=now, due=now + (memory.due - memory.last_review))


def retrievability(memory: Memory, at: datetime) -> float:
    """The chance, 0 to 1, that the item is recalled at `at` (whole days since the last review count)."""
    return _scheduler().get_card_retrievability(_card(memory), at)


@cache
def _scheduler() -> fsrs.Scheduler:
    import fsrs

    return fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _card(memory: Memory) -> fsrs.Card:
    import fsrs

    return fsrs.Card(
        card_id=0,
        state=fsrs.State.Review,  # without learning steps there is no other
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last_review,
    )
