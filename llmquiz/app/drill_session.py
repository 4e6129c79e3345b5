"""A sitting: content asks, the learner answers, the grader judges, the store keeps."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app import answering
from llmquiz.app.asking import Asking
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt, Leave, leave_on_hangup
from llmquiz.app.drill_keys import DrillKeys, VerdictKeys
from llmquiz.app.record import AnswerRecorder
from llmquiz.errors import StoreError
from llmquiz.grading.score import PointState, Score
from llmquiz.schedule.layout import Layout, lay_out
from llmquiz.ui.keyboard.ask import Asker, Keep, Pressed, Typed, forget

if TYPE_CHECKING:
    from llmquiz.app.again import OnceMore
    from llmquiz.app.feedback import Feedback
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.pace import Pace
    from llmquiz.schedule.reviews import Review
    from llmquiz.schedule.selection import Candidate


class DrillSession(Asking):
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
        super().__init__(context, asker, seed)
        self.queue, self.level, self.cram, self.depth = queue, level, cram, depth
        self.recorder = AnswerRecorder(context, level, None if cram else self._commit)
        self.waiting: list[Candidate] = []
        """What is still to be asked."""
        self.verdicts: dict[int, Feedback] = {}
        """What stands of each answer, by its number."""
        self.missed_before = context.past.missed_last()

    @property
    def risen(self) -> list[str]:
        """The items recalled in this sitting that were missed the time before."""
        met = [r.item for reviews in self.recorder.tally.answers.values() for r in reviews if r.state is PointState.met]
        return [item for item in met if item in self.missed_before]

    @property
    def recalled(self) -> int:
        """The questions of which everything was recalled at a second try."""
        return sum(feedback.before is not None and not feedback.missed for feedback in self.verdicts.values())

    def run(self) -> None:
        """Ask every question of the queue, then offer what was missed once more.

        Raises: Leave where the learner has had enough.
        """
        leave_on_hangup()
        self.waiting, number = list(self.queue), 0
        while self.waiting:
            number += 1
            candidate = self.waiting.pop(0)
            if self._ask(candidate, number) == "undo":
                # Both questions are numbered again: the one that was answered, and the one that was interrupted.
                again = self._undo()
                # what stood on the screen comes next, unless it is itself what is asked again
                same = again.question == candidate.question
                self.waiting[:0] = [again] if same else [again, candidate]
                number -= 1 if same else 2
        if self.interactive:
            self.once_more.second_round([feedback for feedback in self.verdicts.values() if feedback.missed])

    @cached_property
    def once_more(self) -> OnceMore:
        """Asks again what was missed."""
        from llmquiz.app.again import OnceMore

        return OnceMore(self, self.recorder)

    def _ask(self, candidate: Candidate, number: int) -> str:
        """One question: what was done with it (`answered`, `skipped`, `undo`)."""
        question = self.context.collection.get(candidate.question)
        layout = lay_out(question, self.seed)
        self._head(number, candidate.level, question)
        self.present(question, layout)
        answering.prepare(self.context, question)
        keys = DrillKeys(self, self.recorder, question)
        ask, keep, started = self.asker, self._keeper(question, layout), time.monotonic()
        reply = self.reply(
            lambda draft: ask.answer(question.kind, draft, keep, about=self.about(question)),
            self._draft(question, layout),
            keys.while_typing(),
            lambda text: self.problem(question, layout, text),
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
        return self._judge(attempt, candidate, graded, keys)

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

    def _head(self, number: int, level: int, question: QuestionRef) -> None:
        """Which question of how many it is, and how long the rest takes."""
        from llmquiz.ui.document import show

        if self.interactive:
            rest = [candidate.kind for candidate in self.waiting]
            minutes = self.pace.minutes([question.kind, *rest])
            head = show.head(question, self.context.words, number, len(self.queue), level, minutes)
            self.context.show("", head)

    @cached_property
    def pace(self) -> Pace:
        """The learner's own."""
        from llmquiz.app.progress import pace

        return pace(self.context)

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

    def _commit(self, attempt: Attempt, score: Score, reviews: list[Review]) -> int:
        return self.record(attempt, score, reviews, source="drill", sitting=self.sitting)

    def _judge(self, attempt: Attempt, candidate: Candidate, graded: Score | None, keys: DrillKeys) -> str:
        """Grade what is not graded yet, record and show; what the learner does with the verdict."""
        from llmquiz.app.feedback import Feedback  # with all that draws an answer: the first question does not wait

        question = attempt.question
        score = graded or answering.grade(self.context, question, attempt.response, attempt.hinted)
        # Asked before anything is recorded: Ctrl-C then leaves a draft, and no half of a verdict in the log.
        verdicts = self.ask_back(question, self.recorder.open_points(attempt, candidate, score))
        answer = self.recorder.record(attempt, candidate, score)
        score = self.recorder.settle(question, score, answer, verdicts)
        feedback = Feedback(
            self.context,
            attempt,
            score,
            self.level,
            self.depth,
            settle=lambda own: self.recorder.settle(question, feedback.score, answer, own),
            hidden={candidate.question for candidate in self.waiting},
        )
        self.verdicts[answer] = feedback
        if not self.interactive:
            feedback.draw_whole()
            self.context.say(self._after(answer))
            if not self.cram:
                self.plain(f"saved {question.id}")
            return "answered"
        below = VerdictKeys(keys, feedback, after=lambda: self._after(answer), again=self.once_more.retry)
        return below.wait(undoable=not self.cram)

    def _after(self, answer: int) -> str:
        """When the question comes back, and how much of the sitting is left."""
        from llmquiz.ui.when import when

        words, reviews = self.context.words, self.recorder.tally.answers[answer]
        if self.cram:
            after = words("back.cram")
        else:
            memories = self.context.past.memories([review.item for review in reviews])
            # What is undecided is no review, and brings nothing back.
            dates = [memories[review.item].due for review in reviews if review.rating and review.item in memories]
            after = (
                words("back.saved", when=when(min(dates), clock.now(), words)) if dates else words("back.not-counted")
            )
        if not self.interactive:
            return after
        question = self.verdicts[answer].question.id
        if not self.waiting:
            return f"{after} · {question}"
        minutes = self.pace.minutes(candidate.kind for candidate in self.waiting)
        return f"{after} · {words('back.left', count=len(self.waiting), minutes=minutes)} · {question}"

    def _undo(self) -> Candidate:
        answer, candidate = self.recorder.undo()
        self.verdicts.pop(answer)
        self.context.say(self.context.words("ask.undone", id=candidate.question))
        if not self.interactive:
            self.plain(f"undone {candidate.question}")
        return candidate
