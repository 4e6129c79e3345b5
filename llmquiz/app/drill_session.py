"""A sitting: content asks, the learner answers, the grader judges, the store keeps."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app import answering
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt, Conversation, Leave, leave_on_hangup
from llmquiz.app.drill_keys import DrillKeys
from llmquiz.app.record import AnswerRecorder
from llmquiz.errors import StoreError
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schedule.layout import Layout, lay_out
from llmquiz.schema.questions import OpenQuestion
from llmquiz.ui.keyboard import ask as keyboard
from llmquiz.ui.keyboard.ask import Asker, Keep, Pressed, Typed, forget

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.reviews import Review
    from llmquiz.schedule.selection import Candidate


class DrillSession(Conversation):
    """One run of `drill`."""

    def __init__(
        self,
        context: AppContext,
        queue: list[Candidate],
        level: int,
        *,
        cram: bool = False,
        seed: int = 0,
        depth: str = "one-minute",
        asker: Asker | None = None,
    ) -> None:
        super().__init__(context, asker)
        self.queue, self.level, self.cram, self.seed, self.depth = queue, level, cram, seed, depth
        self.sitting = f"{clock.now():%Y%m%dT%H%M%S%f}"
        self.recorder = AnswerRecorder(context, level, None if cram else self._commit)

    def load_asker(self) -> Asker:
        return keyboard.asker(self.context.words)

    def run(self) -> None:
        """Ask every question of the queue.

        Raises: Leave where the learner has had enough.
        """
        leave_on_hangup()
        waiting, number = list(self.queue), 0
        while waiting:
            number += 1
            candidate = waiting.pop(0)
            if self._ask(candidate, number) == "undo":
                # Both questions are numbered again: the one that was answered, and the one that was interrupted.
                again = self._undo()
                # what stood on the screen comes next, unless it is itself what is asked again
                same = again.question == candidate.question
                waiting[:0] = [again] if same else [again, candidate]
                number -= 1 if same else 2

    def _ask(self, candidate: Candidate, number: int) -> str:
        """One question: what was done with it (`answered`, `skipped`, `undo`)."""
        question = self.context.collection.get(candidate.question)
        layout = lay_out(question, self.seed)
        self._present(question, layout, number, candidate.level)
        answering.prepare(self.context, question)
        keys = DrillKeys(self, self.recorder, question)
        ask, keep, started = self.asker, self._keeper(question, layout), time.monotonic()
        reply = self.reply(
            lambda draft: ask.answer(question.kind, draft, keep),
            self._draft(question, layout),
            keys.while_typing(),
            lambda text: self._problem(question, layout, text),
        )
        revealed = isinstance(reply, Pressed) and reply.key == "reveal"
        if isinstance(reply, Pressed) and not revealed:
            return self._ended(reply, keep)
        typed = reply.text if isinstance(reply, Typed) else ""
        # A terminal has asked again; in a pipe, numbers that were not shown are no answer.
        response = (layout.authored(typed) or "") if layout.order else typed
        keep(response)  # whatever happens before it is recorded, the answer is not lost
        attempt = Attempt(question, response, time.monotonic() - started, keys.hints, keys.hinted)
        graded = answering.not_known(question.entry) if revealed else None
        score, answer = self._judge(attempt, candidate, graded)
        return keys.after_verdict(score, answer) if self.interactive else "answered"

    def _ended(self, pressed: Pressed, keep: Keep) -> str:
        """A question ended by a key; what was typed stays for the next time.

        Raises: Leave.
        """
        keep(pressed.draft)
        if pressed.key == "undo":
            return "undo"
        if pressed.key == "skip":
            self.context.say(self.context.words("ask.skipped"))
            return "skipped"
        if pressed.draft.strip() and keep is not forget:  # what is not kept is not promised
            self.context.say(self.context.words("end.draft"))
        raise Leave(interrupted=pressed.key == "stop")

    def _present(self, question: QuestionRef, layout: Layout, number: int, level: int) -> None:
        from llmquiz.ui.document import show

        words, total = self.context.words, len(self.queue)
        if self.interactive:
            self.context.show(show.question(question, layout, words, number=number, total=total, level=level))
        else:
            self.plain(show.question_line(question, layout, words))

    def _keeper(self, question: QuestionRef, layout: Layout) -> Keep:
        """What keeps an unfinished answer: the newest text, also none, stands in the place of the one before."""
        if self.cram or layout.order:  # numbers of options stand for others the next time
            return forget

        def keep(text: str) -> None:
            with suppress(StoreError):  # recording will say it; a key must not
                self.context.store.save_draft(question.id, text)

        return keep

    def _draft(self, question: QuestionRef, layout: Layout) -> str:
        """What was typed here before and not sent."""
        draft = self.context.past.draft(question.id) if self.asker.interactive and not layout.order else None
        if draft:
            self.context.say(self.context.words(self.asker.restored))
        return draft or ""

    def _problem(self, question: QuestionRef, layout: Layout, text: str) -> str:
        """What to type instead, where a terminal may ask again."""
        from llmquiz.ui.keyboard.reply import fault

        return fault(question, layout, text, self.context.words) if self.interactive else ""

    def _commit(self, attempt: Attempt, score: Score, reviews: list[Review]) -> int:
        return self.record(attempt, score, reviews, source="drill", sitting=self.sitting)

    def _judge(self, attempt: Attempt, candidate: Candidate, graded: Score | None) -> tuple[Score, int]:
        """Grade what is not graded yet, record and show; the Score in the end, and the number of the answer."""
        score = graded or answering.grade(self.context, attempt.question, attempt.response, attempt.hinted)
        # Asked before anything is recorded: Ctrl-C then leaves a draft, and no half of a verdict in the log.
        verdicts = self._ask_back(attempt.question, self.recorder.open_points(attempt, candidate, score))
        answer = self.recorder.record(attempt, candidate, score)
        score = self.recorder.settle(attempt.question, score, answer, verdicts)
        self._feedback(attempt, score)
        self._saved(attempt.question, answer)
        return score, answer

    def _ask_back(self, question: QuestionRef, points: list[PointScore]) -> dict[str, PointState]:
        """What the learner says of the points that could not be decided; in a pipe nothing is asked back."""
        from llmquiz.ui.document import show

        verdicts: dict[str, PointState] = {}
        for point in points if self.interactive else ():
            self.context.show(*show.asked_back(question, point, self.context.words))
            key = self.asker.key(self.context.words("keys.said"), "yn\n")
            verdicts |= {"y": {point.id: PointState.met}, "n": {point.id: PointState.missing}}.get(key, {})
        return verdicts

    def _feedback(self, attempt: Attempt, score: Score) -> None:
        from llmquiz.app.related import belongings  # with all that draws an answer: the first question does not wait
        from llmquiz.ui.document import answers, show

        question, words, entry = attempt.question, self.context.words, attempt.question.entry
        if isinstance(entry, OpenQuestion):
            self.context.show(*show.open_feedback(question, entry, score, attempt.response, words, self.level))
            self.context.show(*show.noticed(entry, score, words, answering.noted_terms(self.context)))
        else:
            self.context.show(*show.single_feedback(question, score, words))
        self.context.show(*answers.answer(question, words, self.depth))
        self.context.show(*belongings(self.context, question, keys=self.interactive))

    def _saved(self, question: QuestionRef, answer: int) -> None:
        from llmquiz.ui.when import when

        words, reviews = self.context.words, self.recorder.tally.answers[answer]
        if self.cram:
            self.context.say(words("back.cram"))
            return
        memories = self.context.past.memories([review.item for review in reviews])
        # What is undecided is no review, and brings nothing back.
        dates = [memories[review.item].due for review in reviews if review.rating and review.item in memories]
        line = words("back.saved", when=when(min(dates), clock.now(), words)) if dates else words("back.not-counted")
        self.context.show("")
        self.context.say(line)
        if not self.interactive:
            self.plain(f"saved {question.id}")

    def _undo(self) -> Candidate:
        candidate = self.recorder.undo()
        self.context.say(self.context.words("ask.undone", id=candidate.question))
        if not self.interactive:
            self.plain(f"undone {candidate.question}")
        return candidate
