"""What the answers of one sitting earn: their reviews, the learner's own verdicts in their place, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt
from llmquiz.grading.score import PointScore, PointState, Score, value_of
from llmquiz.schedule.reviews import Review, Tally, reviews
from llmquiz.schema.questions import OpenQuestion

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.selection import Candidate


@dataclass
class AnswerRecorder:
    """Keeps what the answers of one sitting earn; of a crammed one only the tally."""

    context: AppContext
    level: int
    commit: Callable[[Attempt, Score, list[Review]], int] | None = None
    """Appends an answer to the log and says its number; None where nothing is kept."""
    tally: Tally = field(default_factory=Tally)
    history: list[tuple[int, Candidate]] = field(default_factory=list)
    """The answers that can be taken back, the newest last."""

    def record(self, attempt: Attempt, candidate: Candidate, score: Score) -> int:
        """Commit the reviews of an answer; the answer's number, negative where nothing is kept."""
        earned = self._reviews(attempt, candidate, score)
        number = -len(self.tally.answers) - 1
        if self.commit:
            number = self.commit(attempt, score, earned)
            self.history.append((number, candidate))
        self.tally.answers[number] = earned
        return number

    def _reviews(self, attempt: Attempt, candidate: Candidate, score: Score) -> list[Review]:
        return reviews(attempt.question, score, level=self.level, known=candidate.items, hinted=attempt.hinted)

    def open_points(self, attempt: Attempt, candidate: Candidate, score: Score) -> list[PointScore]:
        """The points of an open answer that could not be decided and would be reviewed."""
        question = attempt.question
        if not isinstance(question.entry, OpenQuestion):
            return []
        counted = {review.item for review in self._reviews(attempt, candidate, score)}
        undecided = [point for point in score.points if point.state is PointState.undecided]
        return [point for point in undecided if question.id.part(point.id) in counted]

    def settle(self, question: QuestionRef, score: Score, answer: int, verdicts: dict[str, PointState]) -> Score:
        """The Score with the learner's verdicts on some points; each is a further line of the log."""
        if not verdicts:
            return score
        reviewed = {review.item for review in self.tally.answers[answer]}
        # The grader's verdict stays in the log: the learner's is a line of its own.
        points = tuple(replace(point, state=verdicts.get(point.id, point.state)) for point in score.points)
        for point in points:
            item = question.id.part(point.id) if point.id else question.id
            # What was not reviewed has no verdict that could be overruled.
            if point.id in verdicts and item in reviewed:
                self._put(answer, item, point.state, point.hinted)
        return replace(score, points=points, value=value_of(points))

    def _put(self, answer: int, item: str, state: PointState, hinted: bool = False) -> None:
        """A verdict of the learner in the place of the grader's, in the log and in the tally."""
        from llmquiz.schedule.due_dates import rating_of

        rating = rating_of(state, hinted)
        if self.commit:
            self.context.store.overrule(answer, item, state.value, rating, at=clock.now())
        self.tally.answers[answer] = [
            Review(item, state, rating, state.credit) if review.item == item else review
            for review in self.tally.answers[answer]
        ]

    def undo(self) -> tuple[int, Candidate]:
        """Take back the last answer; its number, and the question that it answered."""
        answer, candidate = self.history.pop()
        self.context.store.undo(answer, at=clock.now())
        self.tally.answers.pop(answer)
        return answer, candidate
