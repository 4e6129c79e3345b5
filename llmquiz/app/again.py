"""What was missed, asked once more on the same day: after its verdict, and at the end of a sitting.

The first answer of the day stands for the schedule. FSRS-6 has a formula for a further review on the same day; after an
Again, a Good by it raises the stability by 16 % at most and moves no date (a test holds both). So what is asked again
is written into the log as such, and rates nothing.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.control import Control
from rich.rule import Rule
from rich.text import Text

from llmquiz import clock
from llmquiz.app import answering
from llmquiz.app.conversation import Attempt, Leave
from llmquiz.app.drill_keys import DrillKeys, VerdictKeys
from llmquiz.app.feedback import Feedback
from llmquiz.grading.score import PointState, Score, value_of
from llmquiz.schedule.layout import lay_out
from llmquiz.schedule.reviews import Review
from llmquiz.schema.questions import OpenQuestion
from llmquiz.ui.keyboard.ask import Pressed

if TYPE_CHECKING:
    from llmquiz.app.asking import Asking
    from llmquiz.app.record import AnswerRecorder


class OnceMore:
    """Asks again what was missed in a sitting."""

    def __init__(self, session: Asking, recorder: AnswerRecorder) -> None:
        self.session, self.recorder, self.context = session, recorder, session.context

    def second_round(self, missed: list[Feedback]) -> None:
        """Offer what was missed until each was recalled once, or the learner stops.

        Raises: Leave.
        """
        words, number = self.context.words, 0
        while missed:
            number += 1
            self.context.show("")
            self.context.show(Text(words("again.offer", questions=len(missed)), style="bold"))
            if self.session.asker.key(words("keys.again"), "\nq") == "q":
                return
            for place, feedback in enumerate(missed, 1):
                title = words("again.title", number=place, total=len(missed))
                if self.ask(feedback, title, seed=self.session.seed + number):
                    keys = DrillKeys(self.session, self.recorder, feedback.question)
                    VerdictKeys(keys, feedback, after=lambda: "", again=self.retry).wait(undoable=False)
            missed = [feedback for feedback in missed if feedback.missed]

    def retry(self, feedback: Feedback) -> bool:
        """Ask for the missed points of a question once more; whether there was an answer.

        Raises: Leave.
        """
        return self.ask(feedback, self.context.words("again.retry"), seed=self.session.seed)

    def ask(self, feedback: Feedback, title: str, *, seed: int) -> bool:
        """Ask a question once more, with nothing else on the screen; what was recalled goes into `feedback`.

        Raises: Leave.
        """
        session, question, wanted = self.session, feedback.question, feedback.missed
        layout = lay_out(question, seed)
        self._clean_screen()
        self.context.show(Rule(title, align="left", style="dim"))
        session.present(question, layout)
        if isinstance(question.entry, OpenQuestion):
            self.context.say(self.context.words("again.left", count=len(wanted)))
        answering.prepare(self.context, question)
        keys = DrillKeys(session, self.recorder, question)
        started = time.monotonic()
        reply = session.reply(
            lambda draft: session.asker.answer(question.kind, draft, about=session.about(question)),
            "",
            keys.while_typing(),
            lambda text: session.problem(question, layout, text),
        )
        if isinstance(reply, Pressed):
            if reply.key in ("quit", "stop", "end"):
                raise Leave(interrupted=reply.key == "stop")
            if reply.key != "reveal":
                return False
            score, response = answering.not_known(question.entry), ""
        else:
            response = (layout.authored(reply.text) or "") if layout.order else reply.text
            score = answering.grade(self.context, question, response, keys.hinted)
            undecided = [p for p in score.points if p.id in wanted and p.state is PointState.undecided]
            verdicts = session.ask_back(question, undecided if isinstance(question.entry, OpenQuestion) else [])
            score = replace(score, points=tuple(replace(p, state=verdicts.get(p.id, p.state)) for p in score.points))
        attempt = Attempt(question, response, time.monotonic() - started, keys.hints, keys.hinted)
        self._keep(feedback, attempt, score, wanted)
        return True

    def _keep(self, feedback: Feedback, attempt: Attempt, score: Score, wanted: Collection[str]) -> None:
        """Put what was recalled into the verdict, and the answer into the log; it rates nothing."""
        question, number = attempt.question, None
        tried = [point for point in score.points if point.id in wanted]
        if self.recorder.commit:
            items = [(question.id.part(point.id) if point.id else question.id, point.state) for point in tried]
            rows = [Review(item, state, None, state.credit) for item, state in items]
            sitting = self.session.sitting
            number = self.session.record(attempt, score, rows, source="drill", sitting=sitting, again=True)
        feedback.before = feedback.percent if feedback.before is None else feedback.before
        new = {point.id: point for point in tried}
        points = tuple(
            new[point.id] if point.id in new and new[point.id].state.credit >= point.state.credit else point
            for point in feedback.score.points
        )
        if isinstance(question.entry, OpenQuestion):
            feedback.score = replace(score, points=points, value=value_of(points))
        else:
            feedback.score = score
        feedback.attempt = attempt
        feedback.settle = lambda verdicts: self._settle(feedback, number, verdicts)

    def _settle(self, feedback: Feedback, number: int | None, verdicts: dict[str, PointState]) -> Score:
        """The learner's own verdicts on what was said the second time: they change what is shown, not the schedule."""
        question, tried = feedback.question, set()
        if number is not None:
            tried = {review.item for review in self.context.store.answers(sitting=self.session.sitting)[-1].reviews}
        for point, state in verdicts.items():
            item = question.id.part(point) if point else question.id
            if number is not None and item in tried:
                self.context.store.overrule(number, item, state.value, None, at=clock.now())
        points = tuple(replace(p, state=verdicts.get(p.id, p.state)) for p in feedback.score.points)
        return replace(feedback.score, points=points, value=value_of(points))

    def _clean_screen(self) -> None:
        """Move what is on the screen out of sight; it stays in the terminal's history."""
        console = self.context.console
        if console.is_terminal and not console.is_dumb_terminal:
            console.print("\n" * (console.size.height - 1))
            console.control(Control.home())
