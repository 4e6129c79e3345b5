"""An interview held: the interviewer asks, the clock runs, every word is kept, the report is written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt, Conversation, Leave, leave_on_hangup
from llmquiz.errors import StoreError
from llmquiz.grading.text.read import fold
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.ask.interviewer import Interviewer
from llmquiz.interview.plan.planning import Plan
from llmquiz.interview.roles import role
from llmquiz.interview.turns import Exchange, How, Reply, Turn, turn_data
from llmquiz.schedule.layout import Layout, lay_out
from llmquiz.ui import interview as view
from llmquiz.ui.keyboard.ask import Asker, Pressed, Typed
from llmquiz.ui.keyboard.watch import Watch

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.interview.report.records import Report


class MockSession(Conversation):
    """One interview from wherever it stands to its end."""

    def __init__(
        self,
        context: AppContext,
        plan: Plan,
        name: str,
        exchanges: list[Exchange],
        unfinished: Exchange | None = None,
        asker: Asker | None = None,
    ) -> None:
        super().__init__(context, asker)
        self.plan, self.name, self.said = plan, name, exchanges
        self.unfinished = unfinished
        """The turn that was being answered when it was broken off, with what had been typed."""
        self.interviewer = Interviewer(Hearing(plan, context.collection, context.glossary(plan.topic)))
        self.known, self.level = self._learner()

    def load_asker(self) -> Asker:
        from llmquiz.ui.keyboard.timed import timed

        return timed(self.context.words, self._aside)

    def run(self) -> None:
        """Ask until the interview is over.

        Raises: Leave where the candidate has had enough.
        """
        leave_on_hangup()
        if not self.said and self.unfinished is None:
            self._open()
        while turn := self._next():
            exchange = Exchange(turn, self._listen(turn))
            # The words first, then the reviews: what a crash leaves out between the two, `catch_up` makes up for.
            self._keep(exchange)
            self.said.append(exchange)
            self._review(exchange)

    def _next(self) -> Turn | None:
        return self.unfinished.turn if self.unfinished else self.interviewer.next(self.said)

    def _open(self) -> None:
        blueprint, lang = self.plan.blueprint, self.context.lang
        if not self.interactive:
            opening = " ".join(blueprint.opening[lang].split())
            self.plain(f"[{self.plan.setting.interviewer}] interview: {opening}")
            return
        hearing = self.interviewer.hearing
        others = [
            hearing.topic.short(name) for name in hearing.topic.interviewers() if name != self.plan.setting.interviewer
        ]
        self.context.show(*view.introduction(self.plan, others, self.context.words))
        self.context.show(*view.speech(blueprint.name[lang], blueprint.opening[lang]), "")
        if self.asker.key(self.context.words("mock.start"), "\nq") == "q":
            raise Leave

    def _listen(self, turn: Turn) -> Reply:
        """Ask one thing and take the answer."""
        question = self.interviewer.hearing.topic.question(turn.question) if turn.question else None
        # A spoken follow-up is about a question, but shows none of its options.
        layout = lay_out(question, self.plan.setting.seed) if question and turn.kind != "spoken" else Layout()
        allowed = self.interviewer.allowed(turn, self.said)
        before = self.unfinished.reply if self.unfinished else Reply("", 0.0)
        self.unfinished = None  # it is the first turn after an interruption alone
        self._present(turn, question, layout, allowed)
        # Kept from the moment it is asked: a crash in mid-answer resumes at this turn.
        self._save(turn, before)
        setting, left = self.plan.setting, self.interviewer.left(self.said)
        watch = Watch(allowed, left, setting.strict, setting.practice, before.seconds)
        return self._answered(turn, question, layout, watch, before.text)

    def _present(self, turn: Turn, question: QuestionRef | None, layout: Layout, allowed: float) -> None:
        words, setting, blueprint = self.context.words, self.plan.setting, self.plan.blueprint
        name, closing = blueprint.name[setting.lang], blueprint.closing[setting.lang]
        left = self.interviewer.left(self.said)
        if not self.interactive:
            last_word = f"[{setting.interviewer}] closing: {' '.join(closing.split())}"
            self.plain(last_word if turn.kind == "closing" else view.line(turn, question, layout, words))
            return
        if turn.kind == "closing":
            text = f"{words('mock.time-up')}\n\n{closing}" if left <= 0 else closing
            self.context.show(*view.speech(name, text), "")
            return
        section = self.plan.section(turn.section)
        if section and (not self.said or self.said[-1].turn.section != turn.section):
            self.context.show(*view.section(section.title, left, words))
        self.context.show(*view.question(turn, question, layout, allowed, name, words))

    def _answered(self, turn: Turn, question: QuestionRef | None, layout: Layout, watch: Watch, draft: str) -> Reply:
        def keep(text: str) -> None:
            with suppress(StoreError):  # sending the answer will say it; a key must not
                seconds = watch.used if self.interactive else 0.0
                self._save(turn, Reply(text, round(seconds, 1)))

        def read(text: str) -> Typed | Pressed:
            reply = self.asker.answer(turn.kind, text, keep, watch, turn.say)
            # Who did not catch it is told once more; that is no answer, and only the clock goes on.
            while self.interactive and isinstance(reply, Typed) and role("repeat").search(fold(reply.text)[0]):
                self._aside(view.asked_text(turn, question, self.context.words))
                reply = self.asker.answer(turn.kind, "", keep, watch, turn.say)
            return reply

        reply = self.reply(
            read,
            draft if self.interactive else "",
            {key: self._no_meaning for key in ("hint", "reveal", "flag", "undo")},
            lambda text: self._problem(turn, question, layout, text),
        )
        match reply:
            case Pressed(key="skip"):
                return Reply("", self._seconds("", watch), How.skipped)
            case Pressed(key="cut"):
                self._aside(self.context.words("mock.cut"))
                return Reply(reply.draft, watch.allowed, How.cut)
            case Pressed():
                # A pipe that ends has no editor: what was typed before the interruption stays.
                keep(reply.draft or draft)
                raise Leave(interrupted=reply.key == "stop")
            case _:
                return self._taken(turn, reply.text, watch)

    def _no_meaning(self, draft: str) -> str:
        self.context.say(self.context.words("mock.no-key"))
        return draft

    def _problem(self, turn: Turn, question: QuestionRef | None, layout: Layout, text: str) -> str:
        """Why an answer cannot be taken as it is, where a terminal can ask again."""
        if not self.interactive or question is None or turn.kind in ("open", "spoken", "closing"):
            return ""
        from llmquiz.ui.keyboard.reply import fault

        if role("not-known").search(fold(text)[0]):  # an answer, to a number too
            return ""
        return fault(question, layout, text, self.context.words, empty="mock.empty")

    def _taken(self, turn: Turn, text: str, watch: Watch) -> Reply:
        """An answer with its time; a strict interviewer takes only what fits."""
        # On a terminal the editor has cut it off already.
        if not self.interactive and watch.strict and turn.kind in ("open", "spoken"):
            in_time = self.plan.pace.cut(text, watch.allowed)
            if in_time != text:
                return Reply(in_time, round(watch.allowed, 1), How.cut)
        known = text.strip() and not role("not-known").search(fold(text)[0])
        return Reply(text, self._seconds(text, watch), How.sent if known else How.skipped)

    def _seconds(self, text: str, watch: Watch) -> float:
        """Time that an answer took: in a pipe, where answers lie ready, the time that it takes to type it."""
        return round(watch.used, 1) if self.interactive else self.plan.pace.taken(text)

    def _keep(self, exchange: Exchange) -> None:
        self._save(exchange.turn, exchange.reply, str(exchange.reply.how))
        if not self.interactive:
            self.plain(f"saved {exchange.turn.question or self.plan.setting.interviewer}")

    def _save(self, turn: Turn, reply: Reply, how: str = "") -> None:
        """Keep what was said at a turn so far; `how` it ended, once it has."""
        self.context.store.say(self.name, turn.number, turn_data(turn), reply.text, reply.seconds, how)

    def _learner(self) -> tuple[set[str], int]:
        """Items that were reviewed before, and the learner's level."""
        if not self.plan.setting.scheduled:
            return set(), 0
        from llmquiz.schedule.selection import DrillOptions, level_for

        dues = self.context.past.dues()
        return set(dues), level_for(self.context.collection.items(self.plan.topic), dues, DrillOptions())

    def _review(self, exchange: Exchange) -> None:
        """Review the items of an answer as a drill does; what was not an answer, or not the whole question, is none."""
        from llmquiz.interview.judge.learning import learned

        turn, reply, hearing = exchange.turn, exchange.reply, self.interviewer.hearing
        question = hearing.topic.question(turn.question) if turn.question else None
        if not self.plan.setting.scheduled or question is None:
            return
        reviews = learned(exchange, self.said, hearing, known=self.known, level=self.level)
        if reviews is not None:
            attempt = Attempt(question, reply.text, reply.seconds)
            self.record(attempt, hearing.of(exchange), reviews, source="mock", sitting=self.name)

    def catch_up(self) -> None:
        """Review what was answered but not reviewed when a crash came between the two."""
        done = {answer.question for answer in self.context.past.answers(sitting=self.name)}
        for exchange in self.said:
            if exchange.turn.question not in done:
                self._review(exchange)

    def report(self, at: str, finished: bool) -> Report:
        """The report of what was said, kept with the interview."""
        from llmquiz.interview.report.report import build

        report = build(self.name, at, self.said, self.interviewer, finished=finished)
        self.context.store.end_interview(self.name, report.data())
        return report

    def _aside(self, text: str) -> None:
        """A line of the interviewer while one is typing."""
        self.context.show(*view.speech(self.plan.blueprint.name[self.context.lang], text))

    @property
    def answered(self) -> int:
        """Answers that were given."""
        return sum(not exchange.reply.empty for exchange in self.said)

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(self.interviewer.left(self.said), 0.0)


def setting_data(plan: Plan) -> dict[str, object]:
    """What was chosen, as it is kept."""
    return asdict(plan.setting)
