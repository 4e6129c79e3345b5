"""The topic of an interview as its interviewer knows it: questions, numbers, terms and names, looked up by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmquiz.errors import LlmquizError
from llmquiz.ids import Id
from llmquiz.schema.plain import heading
from llmquiz.schema.questions import OpenQuestion, Term
from llmquiz.schema.topics import Interview, Technique

if TYPE_CHECKING:
    from llmquiz.collection.collection import Collection, QuestionRef
    from llmquiz.language import Lang


class TopicView:
    """Look-ups in one topic, in one language; each entry is read once."""

    def __init__(self, topic: str, lang: Lang, collection: Collection) -> None:
        self.topic, self.lang = topic, lang
        self._collection = collection
        self._questions: dict[str, QuestionRef | None] = {}
        entries = [term.entry for term in collection.entries("term")]
        self.terms = {entry.id: entry for entry in entries if isinstance(entry, Term) and entry.noted}
        """The terms whose wrong forms are pointed out in an open answer."""
        self._numbers: list[QuestionRef] | None = None

    def open_questions(self) -> list[OpenQuestion]:
        """Every open question of the topic."""
        entries = (question.entry for question in self._collection.entries("open", self.topic))
        return [entry for entry in entries if isinstance(entry, OpenQuestion)]

    def question(self, name: str) -> QuestionRef | None:
        """The question called `name`, full or of this topic; nothing where content no longer has it."""
        if name not in self._questions:
            try:
                self._questions[name] = self._collection.get(self._collection.resolve(name, self.topic))
            except LlmquizError:
                self._questions[name] = None
        return self._questions[name]

    def open_question(self, name: str) -> OpenQuestion | None:
        """The same where it is answered in free text."""
        question = self.question(name)
        return question.entry if question and isinstance(question.entry, OpenQuestion) else None

    def related(self, first: str, second: str) -> bool:
        """Whether two questions speak of the same: one leads to the other, or both lead to a third."""
        return bool((self._leads_to(first) | {first}) & (self._leads_to(second) | {second}))

    def _leads_to(self, name: str) -> set[str]:
        """The ids to which a question sends its reader or its interviewer."""
        question = self.question(name)
        entry = question.entry if question else None
        named = [*getattr(entry, "see", []), *(f.ask for f in getattr(entry, "follow_ups", []) if f.ask)]
        known = (self.question(other) for other in named)
        return {str(other.id) for other in known if other}

    def numbers(self) -> list[QuestionRef]:
        """Every number of the topic."""
        if self._numbers is None:
            self._numbers = list(self._collection.entries("number", self.topic))
        return self._numbers

    def prompt_of(self, name: str) -> str:
        """What the question called `name` asks."""
        question = self.question(name)
        return heading(question.entry, self.lang) if question else ""

    def point_text(self, question: str, point: str) -> str:
        """A key point or misconception of a question, as a text."""
        entry = self.open_question(question)
        if entry is None:
            return ""
        texts = {misconception.id: misconception.text for misconception in entry.misconceptions}
        texts |= {key_point.id: key_point.text for key_point in entry.points}
        return texts[point][self.lang] if point in texts else ""

    def better_term(self, name: str) -> str:
        """The right form of a term whose wrong form was used."""
        term = self.terms.get(name)
        return next(iter(term.right[self.lang]), "") if term else ""

    def short(self, name: str) -> str:
        """The shortest form of an id that names it."""
        short = Id(name).short
        try:
            # Another topic may have one of the same short name.
            return short if self._collection.resolve(short) == name else name
        except LlmquizError:
            return name

    def demo_title(self, name: str) -> str:
        """The title of a demo; empty where there is none of that name."""
        words = self._collection.demo(name)
        return words.title[self.lang] if words else ""

    def interviewers(self) -> list[str]:
        """Ids of the topic's interviewers."""
        return [question.id for question in self._collection.entries("interview", self.topic)]

    def interviewer_name(self, name: str) -> str:
        """What an interviewer is called."""
        entry = self._collection.get(name).entry
        return entry.name[self.lang] if isinstance(entry, Interview) else name

    def technique_seconds(self) -> tuple[int, ...]:
        """The time of each step that the topic's technique teaches."""
        entries = [question.entry for question in self._collection.entries("technique", self.topic)]
        return tuple(e.seconds for e in entries if isinstance(e, Technique) and e.kind == "step" and e.seconds)
