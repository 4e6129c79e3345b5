"""What the keys of a drill do: those while an answer is typed, and those after its verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmquiz import clock
from llmquiz.app.conversation import Conversation, Leave
from llmquiz.errors import LlmquizError, Unwritable
from llmquiz.grading.score import PointState

if TYPE_CHECKING:
    from llmquiz.app.feedback import Feedback
    from llmquiz.app.record import AnswerRecorder
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
        keys: dict[str, Callable[[str], str]] = {"hint": self._hint, "flag": self.flag}
        # With something to undo the key ends the question; without, it only says so.
        return keys if self.recorder.history else keys | {"undo": self._nothing_to_undo}

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

    def flag(self, draft: str = "") -> str:
        """Ask what is wrong with the question and keep it; the draft as it was."""
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


class VerdictKeys:
    """The keys below a verdict; what they change stands on the screen at once."""

    def __init__(
        self,
        keys: DrillKeys,
        feedback: Feedback,
        *,
        after: Callable[[], str],
        again: Callable[[Feedback], bool] | None = None,
    ) -> None:
        self.keys, self.feedback = keys, feedback
        self.context, self.asker = keys.context, keys.conversation.asker
        self.after, self.again = after, again
        """What tells when the question comes back, and what asks once more."""

    def wait(self, undoable: bool) -> str:
        """What the learner does with the verdict: `answered` or `undo`.

        Raises: Leave.
        """
        from llmquiz.app.related import demo_of

        feedback, demo = self.feedback, demo_of(self.feedback.question)
        self._draw(undoable)
        while True:
            keys, allowed = self._offered(undoable)
            match self.asker.key(keys, allowed, numbers=bool(feedback.numbered)):
                case "a" | "w" | "t" | "s" | "m" as view if view in feedback.views():
                    feedback.look(self.asker, view)
                    self._draw(undoable)
                case "d" if demo:
                    self._demo(demo, undoable)
                case "o" if not feedback.numbered:
                    self._turn_over(undoable)
                case "r" if self.again and self._retryable:
                    if self.again(feedback):
                        self._draw(undoable)
                case "u" if undoable:
                    return "undo"
                case "f":
                    self.keys.flag()
                case "q":
                    raise Leave
                case "\n":
                    return "answered"
                case typed if typed[:1].isdigit():
                    self._tick(typed, undoable)

    @property
    def _retryable(self) -> bool:
        """Whether points of an open answer were missed, and something can ask for them once more."""
        return bool(self.again and self.feedback.numbered and self.feedback.missed)

    def _draw(self, undoable: bool) -> None:
        self.feedback.draw(self._offered(undoable)[0], self.after())

    def _offered(self, undoable: bool) -> tuple[str, str]:
        """The line of keys, and the keys: those only that do something here."""
        from llmquiz.app.related import demo_of

        feedback = self.feedback
        offered = ["\n", *(["r"] if self._retryable else []), *feedback.views()]
        offered += ["d"] if demo_of(feedback.question) else []
        offered += [] if feedback.numbered else ["o"]
        offered += ["u"] if undoable else []
        words = self.context.words
        most = len(feedback.numbered) + len(feedback.score.misconceptions)
        wrong = feedback.missed or feedback.score.misconceptions
        named = [words("keys.verdict.numbers", most=most)] if feedback.numbered and wrong else []
        line = [
            words("keys.verdict.enter"),
            *named,
            *(words(f"keys.verdict.{key}") for key in (*offered[1:], "f", "q")),
        ]
        return "|".join(line), "".join((*offered, "f", "q"))

    def _tick(self, typed: str, undoable: bool) -> None:
        """Turn the verdicts on the numbered points over: what was missed was said, what was met was not."""
        from llmquiz.ui.keyboard.reply import ticked

        feedback, points, beliefs = self.feedback, self.feedback.numbered, self.feedback.score.misconceptions
        numbers = ticked(typed, len(points) + len(beliefs))
        if numbers is None:
            self.context.say(self.context.words("back.no-number", most=len(points) + len(beliefs)))
            return
        own = {points[n - 1].id: _turned(points[n - 1].state) for n in numbers if n <= len(points)}
        # A misconception that is disputed is gone from the screen; nothing of it was reviewed.
        left = tuple(belief for n, belief in enumerate(beliefs, len(points) + 1) if n not in numbers)
        feedback.score = replace(feedback.settle(own) if own else feedback.score, misconceptions=left)
        self._draw(undoable)

    def _turn_over(self, undoable: bool) -> None:
        point = self.feedback.score.points[0]
        self.feedback.score = self.feedback.settle({point.id: _turned(point.state)})
        self._draw(undoable)

    def _demo(self, name: str, undoable: bool) -> None:
        """Run the demo in place, or show again what it found; Ctrl-C ends the demo, not the sitting."""
        from llmquiz.app.demos import show_once
        from llmquiz.app.paging import paged

        def show(*parts: Any) -> None:
            paged(self.context, self.asker, *parts, back=True)

        try:
            show_once(self.context, name, show)
            self._draw(undoable)
        except LlmquizError as error:
            self.context.say(error.text(self.context.lang))
        except KeyboardInterrupt:
            self.context.say(self.context.words("demo.stopped"))


def _turned(state: PointState) -> PointState:
    return PointState.missing if state is PointState.met else PointState.met
