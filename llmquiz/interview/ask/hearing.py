"""How what was said is understood: every answer by the drill's own graders, each text only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmquiz.errors import LlmquizError
from llmquiz.grading import Score, grade, grade_cell
from llmquiz.grading.points import integrity
from llmquiz.grading.points.key_points import grade_points
from llmquiz.grading.score import PointScore, PointState
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.read import fold, keys, read
from llmquiz.interview.roles import role
from llmquiz.interview.texts import prompt
from llmquiz.interview.turns import Exchange, Reply, Turn, Why
from llmquiz.schedule.layout import lay_out
from llmquiz.schema.questions import CellQuestion, KeyPoint, NumberFact, OpenQuestion, Term
from llmquiz.schema.topics import Interview, Technique

if TYPE_CHECKING:
    from llmquiz.collection.collection import Collection, QuestionRef
    from llmquiz.grading.text.glossary import Glossary
    from llmquiz.interview.plan.planning import Plan

NOTHING = Score(0.0, ())
LONG = 8
"""Tokens from which a statement is told from a chance wording."""


class Hearing:
    """Grades the answers of one interview."""

    def __init__(self, plan: Plan, collection: Collection, glossary: Glossary) -> None:
        self.plan, self.lang = plan, plan.setting.lang
        self._collection, self._glossary = collection, glossary
        self._asked: dict[str, QuestionRef | None] = {}
        self._scores: dict[tuple[str, str, int], Score] = {}
        self._points: dict[tuple[str, str, str], PointState] = {}
        self._empty: dict[str, bool] = {}
        entries = [asked.entry for asked in collection.entries("term")]
        self.terms = {one.id: one for one in entries if isinstance(one, Term) and one.noted}
        self._numbers: list[QuestionRef] | None = None
        self._statements: list[tuple[str, ...]] | None = None

    def heard(self, said: Sequence[Exchange]) -> list[Exchange]:
        """What was said as it counts: a rubric pasted in, or words to the grader, say nothing."""
        return [
            replace(exchange, reply=replace(exchange.reply, text="")) if self.empty_words(exchange) else exchange
            for exchange in said
        ]

    def empty_words(self, exchange: Exchange) -> bool:
        """Whether an answer is no answer of the candidate's own."""
        text = exchange.reply.text
        if exchange.reply.empty or exchange.turn.kind == "closing":
            return False
        if text not in self._empty:
            reading = read(text)
            tokens = tuple(token.key for token in reading.tokens)
            self._empty[text] = integrity.addressed_to_the_grader(reading) or self._pasted(tokens)
        return self._empty[text]

    def _pasted(self, tokens: tuple[str, ...]) -> bool:
        """Whether two or more statements of the rubrics stand in an answer word for word and fill much of it."""
        if self._statements is None:
            entries = [asked.entry for asked in self._collection.entries("open", self.plan.topic)]
            points = [point for entry in entries if isinstance(entry, OpenQuestion) for point in entry.points]
            texts = [keys(text) for point in points for text in (point.text["en"], point.text["zh"])]
            self._statements = [statement for statement in texts if len(statement) >= LONG]
        joined = " ".join(tokens)
        found = [len(one) for one in self._statements if f" {' '.join(one)} " in f" {joined} "]
        return len(found) >= 2 and sum(found) >= 0.4 * len(tokens)

    def question(self, name: str) -> QuestionRef | None:
        """The question called `name`, full or of this topic; nothing where content no longer has it."""
        if name not in self._asked:
            try:
                self._asked[name] = self._collection.get(self._collection.resolve(name, self.plan.topic))
            except LlmquizError:
                self._asked[name] = None
        return self._asked[name]

    def open_question(self, name: str) -> OpenQuestion | None:
        """The same where it is answered in free text."""
        asked = self.question(name)
        return asked.entry if asked and isinstance(asked.entry, OpenQuestion) else None

    def numbers(self) -> list[QuestionRef]:
        """Every number of the topic."""
        if self._numbers is None:
            self._numbers = list(self._collection.entries("number", self.plan.topic))
        return self._numbers

    def prompt_of(self, name: str) -> str:
        """What the question called `name` asks."""
        asked = self.question(name)
        return prompt(asked, self.lang) if asked else ""

    def point_text(self, question: str, point: str) -> str:
        """A key point or misconception of a question, as a text."""
        entry = self.open_question(question)
        listed = [(one.id, one.text) for one in entry.points] if entry else []
        listed += [(one.id, one.text) for one in entry.misconceptions] if entry else []
        return next((text[self.lang] for name, text in listed if name == point), "")

    def better_term(self, name: str) -> str:
        """The right form of a term whose wrong form was used."""
        term = self.terms.get(name)
        return next(iter(term.right[self.lang]), "") if term else ""

    def short(self, name: str) -> str:
        """The shortest form of an id that names it."""
        short = name.split("/", 1)[-1]
        try:
            return short if self._collection.resolve(short) == name else name
        except LlmquizError:
            return name

    def demo_title(self, name: str) -> str:
        """The title of a demo; empty where there is none of that name."""
        words = self._collection.demo(name)
        return words.title[self.lang] if words else ""

    def interviewers(self) -> list[str]:
        """Ids of the topic's interviewers."""
        return [asked.id for asked in self._collection.entries("interview", self.plan.topic)]

    def interviewer_name(self, name: str) -> str:
        """What an interviewer is called."""
        entry = self._collection.get(name).entry
        return entry.name[self.lang] if isinstance(entry, Interview) else name

    def technique_seconds(self) -> tuple[int, ...]:
        """The time of each step that the topic's technique teaches."""
        entries = [asked.entry for asked in self._collection.entries("technique", self.plan.topic)]
        return tuple(e.seconds for e in entries if isinstance(e, Technique) and e.kind == "step" and e.seconds)

    def score(self, name: str, text: str, seconds: int = 0) -> Score:
        """The Score of `text` as an answer to the question called `name`."""
        key = (name, text, seconds)
        if key not in self._scores:
            self._scores[key] = self._graded(name, text, seconds)
        return self._scores[key]

    def _graded(self, name: str, text: str, seconds: int) -> Score:
        asked = self.question(name)
        if asked is None:
            return NOTHING
        if isinstance(asked.entry, CellQuestion):
            return grade_cell(asked.entry.cell, text, self.lang, glossary=self._glossary)
        shown = lay_out(asked, self.plan.setting.seed)
        terms = self.terms.values() if asked.kind == "open" else ()
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
        found = next((one for one in self.score(question, text).points if one.id == point), None)
        return found.state if found else PointState.missing

    def explains(self, question: str, point: str, text: str) -> PointState:
        """Whether `text` gives the reason of a key point; undecided where no reason is on record."""
        key = (question, point, text)
        if key not in self._points:
            entry = self.open_question(question)
            found = next((one for one in entry.points if one.id == point), None) if entry else None
            if entry is None or found is None or found.why is None:
                return PointState.undecided
            reason = KeyPoint(id=found.id, text=found.why)
            scores, _, _ = grade_points((reason,), entry.misconceptions, text, glossary=self._glossary)
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
            words += [found.because for found in score.misconceptions]
            return PointScore(turn.point, PointState.contradicted, next(filter(None, words), ""))
        return PointScore(turn.point, self._told(turn, reply))

    def _told(self, turn: Turn, reply: Reply) -> PointState:
        """What a spoken follow-up brought out, where nothing in it was wrong."""
        text = fold(reply.text)[0]
        match turn.why:
            case Why.absolute:
                if pattern("absolute").search(text) and not role("exception").search(text):
                    return PointState.missing
                if pattern("limits").search(text) or role("exception").search(text):
                    return PointState.met
                return PointState.undecided if role("reason").search(text) else PointState.missing
            case Why.always:
                return PointState.met if role("measured").search(text) else PointState.missing
            case Why.met:
                told = self.explains(turn.question, turn.point, reply.text)
                return told if told is PointState.met else PointState.undecided
            case _:
                return self.state(turn.question, turn.point, reply.text)


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
    state = PointState.met if score.value >= 2 / 3 else PointState.partly if score.value > 0 else PointState.missing
    return PointScore("", state)


def is_number(asked: QuestionRef | None) -> bool:
    """Whether a question asks for a number."""
    return asked is not None and isinstance(asked.entry, NumberFact)
