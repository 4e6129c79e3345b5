"""A sitting joined together: content asks, the learner answers, the grader judges, the store keeps."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.record import AnswerRecorder
from llmquiz.errors import LlmquizError, StoreError, Unwritable
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schedule.reviews import Layout, layout
from llmquiz.schema.questions import CellQuestion, Hint, OpenQuestion
from llmquiz.ui.keyboard.ask import Asker, Keep, Pressed, Typed, asker, forget

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.selection import Candidate


class Leave(Exception):
    """The learner leaves the sitting; `interrupted` by Ctrl-C."""

    def __init__(self, interrupted: bool = False) -> None:
        self.interrupted = interrupted


@dataclass
class DrillSession:
    """One run of `drill`."""

    context: AppContext
    queue: list[Candidate]
    level: int
    cram: bool = False
    seed: int = 0
    depth: str = "one-minute"

    def __post_init__(self) -> None:
        self.judge = AnswerRecorder(self.context, self.level, self.cram, f"{clock.now():%Y%m%dT%H%M%S%f}")

    def run(self) -> None:
        """Ask every question of the queue, or until the learner leaves."""
        for name in ("SIGHUP", "SIGTERM"):  # a closed terminal leaves as Ctrl-C does: what was typed is kept
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.default_int_handler)
        todo, total, number = list(self.queue), len(self.queue), 0
        ask: Asker | None = None
        while todo:
            number += 1
            candidate = todo.pop(0)
            asked = self.context.collection.get(candidate.question)
            shown = layout(asked, self.seed)
            self._present(asked, shown, number, total, candidate.level)
            ask = ask or asker(self.context.words)  # the editor loads after the first question is on the screen
            if self._one(asked, shown, candidate, ask) == "undo":
                again = [self._undo()]
                todo[:0] = again if again[0].question == candidate.question else [*again, candidate]
                number -= 1 if again[0].question == candidate.question else 2

    def _present(self, asked: QuestionRef, shown: Layout, number: int, total: int, level: int) -> None:
        from llmquiz.ui.document import show

        if sys.stdin.isatty() and sys.stdout.isatty():
            self.context.show(show.question(asked, shown, self.context.words, number=number, total=total, level=level))
        else:
            self._plain(show.question_line(asked, shown, self.context.words))

    def _plain(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def _one(self, asked: QuestionRef, shown: Layout, candidate: Candidate, ask: Asker) -> str:
        """One question: what was done with it (`answered`, `skipped`, `undo`)."""
        words, hinted, started = self.context.words, set[str](), time.monotonic()
        hints = list(getattr(asked.entry, "hints", []))
        used, draft, keep = 0, self._draft(asked, shown, ask), self._keeper(asked, shown)
        while True:
            reply = ask.answer(asked.kind, draft, keep)
            match reply:
                case Pressed(key="hint"):
                    used, draft = used + 1, reply.draft
                    hinted |= self._hint(hints, used)
                case Pressed(key="skip"):
                    keep(reply.draft)
                    self.context.say(words("ask.skipped"))
                    return "skipped"
                case Pressed(key="flag"):
                    self._flag(asked, ask)
                    draft = reply.draft
                case Pressed(key="undo"):
                    if not self.judge.history:
                        self.context.say(words("ask.nothing-to-undo"))
                        draft = reply.draft
                        continue
                    return "undo"
                case Pressed():
                    keep(reply.draft)
                    if reply.draft.strip() and keep is not forget:
                        self.context.say(words("end.draft"))
                    raise Leave(interrupted=reply.key == "stop")
                case Typed(text=text):
                    response = self._readable(asked, shown, text, ask)
                    if response is None:
                        draft = text
                        continue
                    keep(text)  # whatever happens before it is recorded, the answer is not lost
                    return self._judge(asked, candidate, response, hinted, used, time.monotonic() - started, ask)

    def _keeper(self, asked: QuestionRef, shown: Layout) -> Keep:
        """What keeps an unfinished answer: the newest text, also none, stands in the place of the one before."""
        if self.cram or shown.order:  # numbers of options stand for others the next time
            return forget

        def keep(text: str) -> None:
            with suppress(StoreError):  # recording will say it; a key must not
                self.context.store.save_draft(asked.id, text)

        return keep

    def _draft(self, asked: QuestionRef, shown: Layout, ask: Asker) -> str:
        kept = self.context.past.draft(asked.id) if ask.interactive and not shown.order else None
        if kept:
            self.context.say(self.context.words(ask.restored))
        return kept or ""

    def _hint(self, hints: list[Hint], used: int) -> set[str]:
        from llmquiz.ui.document.prose import Prose

        words = self.context.words
        if used > len(hints):
            self.context.say(words("ask.no-hint" if hints else "ask.hintless"))
            return set()
        hint = hints[used - 1]
        self.context.say(words("ask.hint", number=used, total=len(hints)))
        self.context.show(Prose(hint.text[words.lang], indent=2))
        if hint.names:
            self.context.say(words("ask.hint-cost"))
        return set(hint.names)

    def _flag(self, asked: QuestionRef, ask: Asker) -> None:
        note = ask.line(self.context.words("ask.flag")) if ask.interactive else "-"
        if not note:
            return
        try:
            self.context.store.flag(asked.id, note, at=clock.now())
        except Unwritable as error:  # --cram goes on where nothing can be kept
            self.context.say(error.text(self.context.lang))
        else:
            self.context.say(self.context.words("ask.flagged"))

    def _readable(self, asked: QuestionRef, shown: Layout, text: str, ask: Asker) -> str | None:
        """The response in the author's numbering; None, and what to type, where a terminal may ask again."""
        from llmquiz.ui.keyboard.reply import fault

        problem = fault(asked, shown, text, self.context.words)
        if problem and ask.interactive:
            self.context.say(problem)
            return None
        if shown.order:
            return shown.authored(text) or ""
        return text

    def _judge(
        self,
        asked: QuestionRef,
        candidate: Candidate,
        response: str,
        hinted: set[str],
        used: int,
        seconds: float,
        ask: Asker,
    ) -> str:
        score = self.judge.grade(asked, response, hinted)
        said = self._ask_back(self.judge.open_points(asked, candidate, score, hinted), asked, ask)
        answer = self.judge.record(asked, candidate, response, score, hinted, used, seconds)
        score = self.judge.settle(asked, score, answer, said)
        self._feedback(asked, score, response, answer)
        if ask.interactive:
            return self._afterwards(asked, candidate, score, answer, hinted, ask)
        return "answered"

    def _ask_back(self, points: list[PointScore], asked: QuestionRef, ask: Asker) -> dict[str, PointState]:
        """What the learner says of the points that could not be decided; in a pipe nothing is asked back."""
        from llmquiz.ui.document import show

        said: dict[str, PointState] = {}
        for point in points if ask.interactive else ():
            self.context.show(*show.asked_back(asked, point, self.context.words))
            key = ask.key(self.context.words("keys.said"), "yn\n")
            said |= {"y": {point.id: PointState.met}, "n": {point.id: PointState.missing}}.get(key, {})
        return said

    def _feedback(self, asked: QuestionRef, score: Score, response: str, answer: int) -> None:
        from llmquiz.ui.document import answers, show

        words, entry = self.context.words, asked.entry
        if isinstance(entry, OpenQuestion):
            self.context.show(*show.open_feedback(asked, entry, score, response, words, self.level))
            self.context.show(*show.noticed(entry, score, words, self.judge.terms()))
        else:
            self.context.show(*show.single_feedback(asked, score, words))
        self.context.show(*answers.answer(asked, words, self.depth))
        self._belongings(asked)
        self._saved(asked, answer)

    def _belongings(self, asked: QuestionRef, everything: bool = False) -> None:
        """Sources, and what else belongs to the question."""
        from llmquiz.app.related import belongings

        self.context.show(*belongings(self.context, asked, everything=everything, keys=sys.stdin.isatty()))

    def _saved(self, asked: QuestionRef, answer: int) -> None:
        from llmquiz.ui.when import when

        words, reviews = self.context.words, self.judge.tally.answers[answer]
        if self.cram:
            self.context.say(words("back.cram"))
            return
        memories = self.context.past.memories([r.item for r in reviews])
        dates = [memories[r.item].due for r in reviews if r.rating and r.item in memories]
        line = words("back.saved", when=when(min(dates), clock.now(), words)) if dates else words("back.not-counted")
        self.context.show("")
        self.context.say(line)
        if not sys.stdin.isatty():
            self._plain(f"saved {asked.id}")

    def _afterwards(
        self, asked: QuestionRef, candidate: Candidate, score: Score, answer: int, hinted: set[str], ask: Asker
    ) -> str:
        words = self.context.words
        keys = "keys.after" if asked_demo(asked) else "keys.after-plain"
        while True:
            key = ask.key(words(keys), "\nmdoufq")
            match key:
                case "m":
                    self._belongings(asked, everything=True)
                case "d" if asked_demo(asked):
                    self._demo(str(asked_demo(asked)))
                case "o":
                    many = isinstance(asked.entry, OpenQuestion)
                    typed = ask.line(words("keys.overrule" if many else "keys.overrule-one"))
                    if typed:
                        self.context.say(self.judge.overrule(asked, score, answer, typed))
                case "u" if not self.cram:
                    return "undo"
                case "f":
                    self._flag(asked, ask)
                case "q":
                    raise Leave
                case "\n":
                    return "answered"

    def _demo(self, name: str) -> None:
        """Run the demo in place; Ctrl-C ends the demo, not the sitting."""
        from llmquiz.app.demos import run_and_show

        try:
            run_and_show(self.context, name, quick=True)
        except LlmquizError as error:
            self.context.say(error.text(self.context.lang))
        except KeyboardInterrupt:
            self.context.say(self.context.words("demo.stopped"))

    def _undo(self) -> Candidate:
        candidate = self.judge.undo()
        self.context.say(self.context.words("ask.undone", id=candidate.question))
        if not sys.stdin.isatty():
            self._plain(f"undone {candidate.question}")
        return candidate


def asked_demo(asked: QuestionRef) -> str | None:
    """The demo that belongs to a question."""
    entry = asked.entry
    return entry.table.demo if isinstance(entry, CellQuestion) else entry.demo
