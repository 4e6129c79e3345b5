"""How what was said is understood: every answer by the drill's own graders, each text only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmquiz.grading import Score, grade, grade_cell
from llmquiz.grading.points import integrity
from llmquiz.grading.points.key_points import grade_points
from llmquiz.grading.score import PointScore, PointState
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.read import fold, keys, read
from llmquiz.interview import calibration
from llmquiz.interview.ask.topic_view import TopicView
from llmquiz.interview.roles import role
from llmquiz.interview.turns import Exchange, Reply, Turn, Why
from llmquiz.schedule.layout import lay_out
from llmquiz.schema.questions import CellQuestion, KeyPoint

if TYPE_CHECKING:
    from llmquiz.collection.collection import Collection
    from llmquiz.grading.text.glossary import Glossary
    from llmquiz.interview.plan.planning import Plan

NOTHING = Score(0.0, ())


class Hearing:
    """Grades the answers of one interview."""

    def __init__(self, plan: Plan, collection: Collection, glossary: Glossary) -> None:
        self.plan, self.lang = plan, plan.setting.lang
        self.topic = TopicView(plan.topic, self.lang, collection)
        self._glossary = glossary
        self._scores: dict[tuple[str, str, int], Score] = {}
        self._points: dict[tuple[str, str, str], PointState] = {}
        self._empty: dict[str, bool] = {}
        self._statements: list[tuple[str, ...]] | None = None

    def heard(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """What was said as it counts: a rubric pasted in, or words to the grader, say nothing."""
        return [
            replace(exchange, reply=replace(exchange.reply, text=""))
            if exchange.reply.empty or self.empty_words(exchange)
            else exchange
            for exchange in exchanges
        ]

    def empty_words(self, exchange: Exchange) -> bool:
        """Whether an answer is no answer of the candidate's own."""
        text = exchange.reply.text
        if exchange.reply.empty or exchange.turn.kind == "closing":
            return False
        if text not in self._empty:
            reading = read(text)
            tokens = tuple(token.key for token in reading.tokens)
            unknown = bool(role("not-known").search(fold(text)[0]))
            self._empty[text] = unknown or integrity.addressed_to_the_grader(reading) or self._pasted(tokens)
        return self._empty[text]

    def _pasted(self, tokens: tuple[str, ...]) -> bool:
        """Whether two or more statements of the rubrics stand in an answer word for word and fill much of it."""
        if self._statements is None:
            points = [point for entry in self.topic.open_questions() for point in entry.points]
            texts = [keys(text) for point in points for text in (point.text["en"], point.text["zh"])]
            self._statements = [statement for statement in texts if len(statement) >= calibration.LONG_STATEMENT]
        joined = " ".join(tokens)
        # With blanks around, so that only whole tokens are found.
        pasted = [len(words) for words in self._statements if f" {' '.join(words)} " in f" {joined} "]
        # One statement may be the plain way to say it.
        return len(pasted) >= 2 and sum(pasted) >= calibration.PASTED * len(tokens)

    def score(self, name: str, text: str, seconds: int = 0) -> Score:
        """The Score of `text` as an answer to the question called `name`."""
        key = (name, text, seconds)
        if key not in self._scores:
            self._scores[key] = self._graded(name, text, seconds)
        return self._scores[key]

    def _graded(self, name: str, text: str, seconds: int) -> Score:
        asked = self.topic.question(name)
        if asked is None:
            return NOTHING
        if isinstance(asked.entry, CellQuestion):
            return grade_cell(asked.entry.cell, text, self.lang, glossary=self._glossary)
        shown = lay_out(asked, self.plan.setting.seed)
        terms = self.topic.terms.values() if asked.kind == "open" else ()
        entry: Any = asked.entry
        return grade(
            entry,
            (shown.authored(text) or "") if shown.order else text,
            self.lang,
            glossary=self._glossary,
            terms=terms,
            seconds=seconds or None,
        )

    def of(self, exchange: Exchange) -> Score:
        """The Score of an exchange, as an answer to the question that it is about."""
        turn = exchange.turn
        return self.score(turn.question, exchange.reply.text, turn.seconds) if turn.question else NOTHING

    def met(self, question: str, point: str, texts: Sequence[str]) -> bool:
        """Whether any of `texts` meets a key point."""
        return any(self.state(question, point, text) is PointState.met for text in texts)

    def state(self, question: str, point: str, text: str) -> PointState:
        """What `text` does to one key point."""
        verdict = self.verdict(question, point, text)
        return verdict.state if verdict else PointState.missing

    def verdict(self, question: str, point: str, text: str) -> PointScore | None:
        """How `text` is graded on one key point."""
        return next((score for score in self.score(question, text).points if score.id == point), None)

    def explains(self, question: str, point: str, text: str) -> PointState:
        """Whether `text` gives the reason of a key point; undecided where no reason is on record."""
        key = (question, point, text)
        if key not in self._points:
            entry = self.topic.open_question(question)
            stated = next((stated for stated in entry.points if stated.id == point), None) if entry else None
            if entry is None or stated is None or stated.why is None:
                return PointState.undecided
            # Graded as a point of its own, by its statement.
            reason = KeyPoint(id=stated.id, text=stated.why)
            scores, _ = grade_points((reason,), entry.misconceptions, text, prompt=entry.prompt)
            self._points[key] = scores[0].state
        return self._points[key]

    def outcome(self, exchange: Exchange) -> PointScore:
        """What became of an exchange as a whole: of the point that a follow-up is about, of a single answer."""
        turn, reply = exchange.turn, exchange.reply
        if turn.kind == "closing":
            return PointScore("", PointState.undecided)
        if reply.empty:
            return PointScore(turn.point, PointState.missing)
        if turn.kind != "spoken":
            return _whole(self.of(exchange))
        score = self.of(exchange)
        wrong = next((p for p in score.points if p.state is PointState.contradicted), None)
        if wrong or score.misconceptions:
            words = [wrong.because] if wrong else []
            words += [misconception.because for misconception in score.misconceptions]
            return PointScore(turn.point, PointState.contradicted, next(filter(None, words), ""))
        return PointScore(turn.point, self._brought_out(turn, reply))

    def _brought_out(self, turn: Turn, reply: Reply) -> PointState:
        """What a spoken follow-up brought out, where nothing in it was wrong."""
        text = fold(reply.text)[0]
        match turn.why:
            case Why.absolute:
                # The absolute once more, and no exception: nothing was taken back.
                if pattern("absolute").search(text) and not role("exception").search(text):
                    return PointState.missing
                if pattern("limits").search(text) or role("exception").search(text):
                    return PointState.met
                # A reason alone may defend the absolute as well as bound it.
                return PointState.undecided if role("reason").search(text) else PointState.missing
            case Why.always:
                return PointState.met if role("measured").search(text) else PointState.missing
            case Why.met:
                explained = self.explains(turn.question, turn.point, reply.text) is PointState.met
                return PointState.met if explained else PointState.undecided
            case _:
                return self.state(turn.question, turn.point, reply.text)


def disputed(score: Score) -> list[PointScore]:
    """The points that an answer contradicts, but for those whose words say another point rightly.

    Words cannot be right and wrong at once: nobody is asked whether they are sure of them, nothing strikes them out.
    """
    right = [span for point in score.points if point.state is PointState.met for span in point.spans]
    return [
        point
        for point in score.points
        if point.state is PointState.contradicted
        and not any(a.start < b.end and b.start < a.end for a in point.spans for b in right)
    ]


def _whole(score: Score) -> PointScore:
    """The points of one answer as one: contradicted where any is, met from two thirds on."""
    if len(score.points) == 1:
        return score.points[0]
    if not score.points:
        return PointScore("", PointState.undecided)
    if score.points[0].id == "":  # a claim: its verdict
        return score.points[0]
    if any(point.state is PointState.contradicted for point in score.points) or score.misconceptions:
        return PointScore("", PointState.contradicted)
    state = (
        PointState.met
        if score.value >= calibration.WHOLE_MET
        else PointState.partly
        if score.value > 0
        else PointState.missing
    )
    return PointScore("", state)
