"""One sitting: how a question is laid out, what an answer reviews, what is told at the end. Pure."""

from __future__ import annotations

import random
from collections.abc import Collection as Several
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from llmquiz.grading.score import PointState, Score
from llmquiz.schema.questions import ChoiceQuestion, CodeQuestion, OpenQuestion, OrderQuestion
from llmquiz.schema.texts import Level

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.scheduling import Rating


@dataclass(frozen=True, slots=True)
class Layout:
    """The order in which options or steps are shown: `order[0]` is the authored number of what is shown first."""

    order: tuple[int, ...] = ()

    def authored(self, typed: str) -> str | None:
        """Numbers as typed -> authored numbers, from 1; None where they are not numbers that were shown."""
        words = typed.replace(",", " ").replace("，", " ").replace("、", " ").split()
        if len(words) == 1 and len(self.order) > 1 and len(words[0]) == len(self.order) and words[0].isdigit():
            words = list(words[0])  # 213 for 2 1 3
        if not words or not all(word.isdecimal() and 1 <= int(word) <= len(self.order) for word in words):
            return None
        return " ".join(str(self.order[int(word) - 1]) for word in words)


def layout(asked: QuestionRef, seed: int) -> Layout:
    """How the options or steps of a question are shown; steps never in the right order."""
    entry = asked.entry
    match entry:
        case ChoiceQuestion() | CodeQuestion():
            count = len(entry.options)
        case OrderQuestion():
            count = len(entry.steps)
        case _:
            return Layout()
    numbers = list(range(1, count + 1))
    draw = random.Random(f"{seed} {asked.id}")
    order = draw.sample(numbers, count)
    while isinstance(entry, OrderQuestion) and order == numbers:
        order = draw.sample(numbers, count)
    return Layout(tuple(order))


@dataclass(frozen=True, slots=True)
class Review:
    """What one item earned."""

    item: str
    state: PointState
    rating: Rating | None
    score: float


def reviews(asked: QuestionRef, score: Score, *, level: int, known: Several[str], hinted: Several[str]) -> list[Review]:
    """What an answer reviews: a typed answer all key points of its question, anything else the one item.

    A point above the learner's level that was never seen is left out unless it was met: nobody is made to repeat
    what was not asked for.
    """
    from llmquiz.schedule.scheduling import rating_of

    if not isinstance(asked.entry, OpenQuestion):
        state = score.points[0].state
        return [Review(asked.id, state, rating_of(state, bool(hinted)), score.value)]
    levels = {point.id: (point.level or asked.entry.level).rank for point in asked.entry.points}
    result = []
    for point in score.points:
        item = f"{asked.id}.{point.id}"
        if levels[point.id] <= level or item in known or point.state is PointState.met:
            value = {PointState.met: 1.0, PointState.partly: 0.5}.get(point.state, 0.0)
            result.append(Review(item, point.state, rating_of(point.state, point.id in hinted), value))
    return result


@dataclass(slots=True)
class Tally:
    """What a sitting came to."""

    answers: dict[int, list[Review]] = field(default_factory=dict)
    """By the number that the store gave each answer; an undone one is taken out."""

    @property
    def met(self) -> int:
        """Items gained."""
        return sum(r.state is PointState.met for one in self.answers.values() for r in one)

    @property
    def missed(self) -> int:
        """Items missed, answered only in part or contradicted."""
        lost = {PointState.partly, PointState.missing, PointState.contradicted}
        return sum(r.state in lost for one in self.answers.values() for r in one)


def level_rank(name: str | None) -> int | None:
    """The number of a level's name."""
    return None if name is None else Level(name).rank
