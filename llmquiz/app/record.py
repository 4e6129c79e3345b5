"""One answer judged and kept: the grader's score, the reviews it makes, and the learner's overrule."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError
from llmquiz.grading.score import PointScore, PointState, Score, value_of
from llmquiz.schedule.reviews import Tally
from llmquiz.schema.questions import CellQuestion, OpenQuestion, PredictionQuestion, Term

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.selection import Candidate


@dataclass
class AnswerRecorder:
    """Grades the answers of one sitting and keeps what they earn."""

    context: AppContext
    level: int
    cram: bool = False
    sitting: str = ""
    tally: Tally = field(default_factory=Tally)
    history: list[tuple[int, Candidate]] = field(default_factory=list)

    def grade(self, asked: QuestionRef, response: str, hinted: set[str]) -> Score:
        """The Score of a response."""
        from llmquiz import grading

        entry, lang, glossary = asked.entry, self.context.lang, self.context.glossary
        if isinstance(entry, CellQuestion):
            return grading.grade_cell(entry.cell, response, lang, glossary=glossary)
        if isinstance(entry, PredictionQuestion):
            return self._predict(entry, response)
        terms = self.terms().values() if isinstance(entry, OpenQuestion) else ()
        seconds = entry.answers.one_minute.seconds if isinstance(entry, OpenQuestion) else None
        gradable: Any = entry
        return grading.grade(
            gradable, response, lang, glossary=glossary, hinted=frozenset(hinted), terms=terms, seconds=seconds
        )

    def _predict(self, entry: PredictionQuestion, guess: str) -> Score:
        """Measure with the demo's quick settings, then compare."""
        from llmquiz import grading
        from llmquiz.app.demos import measured

        assert entry.demo is not None
        try:
            value = measured(self.context, entry.demo, entry.measures)
        except LlmquizError as error:
            self.context.say(error.text(self.context.lang))
            return Score(0.0, (PointScore("", PointState.undecided),))
        from llmquiz.ui.document.answers import number

        unit = f" {entry.unit[self.context.lang]}" if entry.unit else ""
        self.context.say(f"{self.context.words('back.measured')}: {number(round(value, 2))}{unit}")
        return grading.grade_prediction(entry, guess, value)

    def terms(self) -> dict[str, Term]:
        """The terms whose wrong forms are pointed out in an open answer."""
        entries = (asked.entry for asked in self.context.collection.entries("term"))
        return {entry.id: entry for entry in entries if isinstance(entry, Term) and entry.noted}

    def record(
        self,
        asked: QuestionRef,
        candidate: Candidate,
        response: str,
        score: Score,
        hinted: set[str],
        used: int,
        seconds: float,
    ) -> int:
        """Commit the reviews of an answer; the answer's number, negative where nothing is kept."""
        from llmquiz.schedule.reviews import reviews
        from llmquiz.store.store import Reviewed

        found = reviews(asked, score, level=self.level, known=candidate.items, hinted=hinted)
        answer = -len(self.tally.answers) - 1
        if not self.cram:
            answer = self.context.store.record(
                at=clock.now(), sitting=self.sitting, question=asked.id, lang=self.context.lang, source="drill",
                answer=response, hash=asked.hash, seconds=round(seconds, 1), hints=used, grader=score.grader,
                reviews=[Reviewed(r.item, r.state.value, r.rating, r.score) for r in found],
            )  # fmt: skip
            self.history.append((answer, candidate))
        self.tally.answers[answer] = found
        return answer

    def overrule(self, asked: QuestionRef, score: Score, answer: int, typed: str) -> str:
        """Put the learner's verdict in the place of the grader's; what to say about it."""
        from llmquiz.ui.document.show import shown_points
        from llmquiz.ui.keyboard.reply import overrule

        words, entry = self.context.words, asked.entry
        many = isinstance(entry, OpenQuestion)
        points = shown_points(entry, score, self.level) if isinstance(entry, OpenQuestion) else score.points[:1]
        found = overrule(typed, [point.id for point in points])
        item = "" if found is None else f"{asked.id}.{found[0]}" if many else asked.id
        reviews = self.tally.answers[answer]
        if found is None or all(review.item != item for review in reviews):
            return words("back.overrule-unknown")
        self._put(answer, item, found[1])
        return words("back.overruled", item=item, state=words(f"state.{found[1].value}"))

    def _put(self, answer: int, item: str, state: PointState, hinted: bool = False) -> None:
        """A verdict of the learner in the place of the grader's, in the log and in the tally."""
        from llmquiz.schedule.reviews import Review
        from llmquiz.schedule.scheduling import rating_of

        rating = rating_of(state, hinted)
        if not self.cram:
            self.context.store.overrule(answer, item, state.value, rating, at=clock.now())
        value = {PointState.met: 1.0, PointState.partly: 0.5}.get(state, 0.0)
        self.tally.answers[answer] = [
            Review(item, state, rating, value) if r.item == item else r for r in self.tally.answers[answer]
        ]

    def open_points(self, asked: QuestionRef, candidate: Candidate, score: Score, hinted: set[str]) -> list[PointScore]:
        """The points of an open answer that could not be decided and would be reviewed."""
        from llmquiz.schedule.reviews import reviews

        if not isinstance(asked.entry, OpenQuestion):
            return []
        counted = {r.item for r in reviews(asked, score, level=self.level, known=candidate.items, hinted=hinted)}
        undecided = [point for point in score.points if point.state is PointState.undecided]
        return [point for point in undecided if f"{asked.id}.{point.id}" in counted]

    def settle(self, asked: QuestionRef, score: Score, answer: int, said: dict[str, PointState]) -> Score:
        """The Score with what the learner said of undecided points; each is a further line of the log."""
        if not said:
            return score
        points = tuple(replace(point, state=said.get(point.id, point.state)) for point in score.points)
        for point in points:
            if point.id in said:
                self._put(answer, f"{asked.id}.{point.id}", point.state, point.hinted)
        return replace(score, points=points, value=value_of(points))

    def undo(self) -> Candidate:
        """Take back the last answer."""
        answer, candidate = self.history.pop()
        self.context.store.undo(answer, at=clock.now())
        self.tally.answers.pop(answer)
        return candidate
