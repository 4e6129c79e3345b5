"""What an answer reviews, and what a sitting came to. Pure."""

from __future__ import annotations

from collections.abc import Collection as Several
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from llmquiz.grading.score import PointState, Score
from llmquiz.schema.questions import OpenQuestion

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.due_dates import Rating


@dataclass(frozen=True, slots=True)
class Review:
    """What one item earned."""

    item: str
    state: PointState
    rating: Rating | None
    score: float


def reviews(
    question: QuestionRef, score: Score, *, level: int, known: Several[str], hinted: Several[str]
) -> list[Review]:
    """What an answer reviews: a typed answer all key points of its question, anything else the one item.

    A point above the learner's level that was never seen is left out unless it was met: nobody is made to repeat
    what was not asked for.
    """
    from llmquiz.schedule.due_dates import rating_of

    if not isinstance(question.entry, OpenQuestion):
        state = score.points[0].state  # of a claim its verdict: the reason is judged, but no item
        return [Review(question.id, state, rating_of(state, bool(hinted)), score.value)]
    levels = {point.id: (point.level or question.entry.level).rank for point in question.entry.points}
    result = []
    for point in score.points:
        item = question.id.part(point.id)
        if levels[point.id] <= level or item in known or point.state is PointState.met:
            result.append(Review(item, point.state, rating_of(point.state, point.id in hinted), point.state.credit))
    return result


@dataclass(slots=True)
class Tally:
    """What a sitting came to."""

    answers: dict[int, list[Review]] = field(default_factory=dict)
    """By the number that the store gave each answer; an undone one is taken out."""

    @property
    def met(self) -> int:
        """Items gained."""
        return sum(review.state is PointState.met for answer in self.answers.values() for review in answer)

    @property
    def missed(self) -> int:
        """Items missed, answered only in part or contradicted."""
        return sum(review.state.lost for answer in self.answers.values() for review in answer)
