"""What the keys of a drill do: those while an answer is typed, and those after its verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app.conversation import Conversation, Leave
from llmquiz.app.record import AnswerRecorder
from llmquiz.errors import LlmquizError, Unwritable
from llmquiz.grading.score import Score
from llmquiz.schema.questions import OpenQuestion

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef


class DrillKeys:
    """The keys at one question, and how many of its hints were taken."""

    def __init__(self, conversation: Conversation, recorder: AnswerRecorder, question: QuestionRef) -> None:
        self.conversation, self.recorder, self.question = conversation, recorder, question
        self.context = conversation.context
        self.hints = 0
        """Hints that were asked for, those that are not there included."""
        self.hinted: frozenset[str] = frozenset()
        """Points that a hint has named."""

    def while_typing(self) -> Mapping[str, Callable[[str], str]]:
        """By its name what a key does that does not end the answer: it is told the draft and gives it back."""
        keys: dict[str, Callable[[str], str]] = {"hint": self._hint, "flag": self._flag}
        # With something to undo the key ends the question; without, it only says so.
        return keys if self.recorder.history else keys | {"undo": self._nothing_to_undo}

    def after_verdict(self, score: Score, answer: int) -> str:
        """What the learner does with the verdict on the answer of that number: `answered` or `undo`.

        Raises: Leave.
        """
        from llmquiz.app.related import belongings, demo_of  # with all that draws an answer

        words, question, asker = self.context.words, self.question, self.conversation.asker
        demo, recorded = demo_of(question), self.recorder.commit is not None
        while True:
            match asker.key(words("keys.after" if demo else "keys.after-plain"), "\nmdoufq"):
                case "m":
                    self.context.show(*belongings(self.context, question, everything=True, keys=True))
                case "d" if demo:
                    self._demo(demo)
                case "o":
                    many = isinstance(question.entry, OpenQuestion)
                    typed = asker.line(words("keys.overrule" if many else "keys.overrule-one"))
                    if typed:
                        self.context.say(self.recorder.overrule(question, score, answer, typed))
                case "u" if recorded:  # of a crammed one nothing was recorded that could be taken back
                    return "undo"
                case "f":
                    self._flag()
                case "q":
                    raise Leave
                case "\n":
                    return "answered"

    def _hint(self, draft: str) -> str:
        from llmquiz.ui.document.prose import Prose

        words, all_hints = self.context.words, list(getattr(self.question.entry, "hints", []))
        self.hints += 1
        if self.hints > len(all_hints):
            self.context.say(words("ask.no-hint" if all_hints else "ask.hintless"))
            return draft
        hint = all_hints[self.hints - 1]
        self.context.say(words("ask.hint", number=self.hints, total=len(all_hints)))
        self.context.show(Prose(hint.text[words.lang], indent=2))
        if hint.names:
            self.context.say(words("ask.hint-cost"))
        self.hinted |= frozenset(hint.names)
        return draft

    def _flag(self, draft: str = "") -> str:
        words = self.context.words
        note = self.conversation.asker.line(words("ask.flag")) if self.conversation.interactive else "-"
        if note:
            try:
                self.context.store.flag(self.question.id, note, at=clock.now())
            except Unwritable as error:  # --cram goes on where nothing can be kept
                self.context.say(error.text(self.context.lang))
            else:
                self.context.say(words("ask.flagged"))
        return draft

    def _nothing_to_undo(self, draft: str) -> str:
        self.context.say(self.context.words("ask.nothing-to-undo"))
        return draft

    def _demo(self, name: str) -> None:
        """Run the demo in place; Ctrl-C ends the demo, not the sitting."""
        from llmquiz.app.demos import run_and_show

        try:
            run_and_show(self.context, name, quick=True)
        except LlmquizError as error:
            self.context.say(error.text(self.context.lang))
        except KeyboardInterrupt:
            self.context.say(self.context.words("demo.stopped"))
