"""An interview held: the interviewer asks, the clock runs, every word is kept, the report is written."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.errors import StoreError
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.ask.interviewer import Interviewer, elapsed
from llmquiz.interview.plan.planning import Plan
from llmquiz.interview.turns import Exchange, How, Reply, Turn, turn_data
from llmquiz.schedule.reviews import Layout, layout
from llmquiz.ui import interview as view
from llmquiz.ui.keyboard.ask import Pressed, Typed
from llmquiz.ui.keyboard.timed import Timed, timed
from llmquiz.ui.keyboard.watch import Watch

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.interview.report.records import Report


class Left(Exception):
    """The candidate left before the end; `interrupted` by Ctrl-C or a closed terminal."""

    def __init__(self, interrupted: bool = False) -> None:
        self.interrupted = interrupted


class MockSession:
    """One interview from wherever it stands to its end."""

    def __init__(
        self, context: AppContext, plan: Plan, name: str, said: list[Exchange], draft: Exchange | None = None
    ) -> None:
        self.context, self.plan, self.name, self.said = context, plan, name, said
        self.draft = draft
        """The turn that was being answered when it was broken off, with what had been typed."""
        self.course = Interviewer(Hearing(plan, context.collection, context.glossary))
        self.keyboard: Timed = timed(context.words, self._aside)
        self.items, self.level = self._learner()

    def run(self) -> None:
        """Ask until the interview is over, or the candidate leaves."""
        for name in ("SIGHUP", "SIGTERM"):  # a closed terminal leaves as Ctrl-C does: what was typed is kept
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.default_int_handler)
        if not self.said and self.draft is None:
            self._open()
        while turn := self._next():
            exchange = Exchange(turn, self._listen(turn))
            self._keep(exchange)
            self.said.append(exchange)
            self._feed(exchange)

    def _next(self) -> Turn | None:
        if self.draft is not None:
            return self.draft.turn
        return self.course.next(self.said)

    def _open(self) -> None:
        blueprint, lang = self.plan.blueprint, self.context.lang
        if not self.keyboard.interactive:
            opening = " ".join(blueprint.opening[lang].split())
            self._plain(f"[{self.plan.setting.interviewer}] interview: {opening}")
            return
        others = [name for name in self.course.hearing.interviewers() if name != self.plan.setting.interviewer]
        self.context.show(*view.introduction(self.plan, map(self.course.hearing.short, others), self.context.words))
        self.context.show(*view.speech(blueprint.name[lang], blueprint.opening[lang]), "")
        if self.keyboard.wait(self.context.words("mock.start"), "\nq") == "q":
            raise Left

    def _listen(self, turn: Turn) -> Reply:
        """Ask one thing and take the answer."""
        asked = self.course.hearing.question(turn.question) if turn.question else None
        shown = layout(asked, self.plan.setting.seed) if asked and turn.kind != "spoken" else Layout()
        allowed = self.course.allowed(turn, self.said)
        before = self.draft.reply if self.draft else Reply("", 0.0)
        self.draft = None
        self._present(turn, asked, shown, allowed)
        self.context.store.say(self.name, turn.number, turn_data(turn), before.text, before.seconds, "")
        setting = self.plan.setting
        left = self.course.left(self.said)
        watch = Watch(allowed, left, setting.strict, setting.practice, before.seconds)
        return self._reply(turn, asked, shown, watch, before.text)

    def _present(self, turn: Turn, asked: QuestionRef | None, shown: Layout, allowed: float) -> None:
        words, setting = self.context.words, self.plan.setting
        closing = self.plan.blueprint.closing[setting.lang]
        out_of_time = self.course.left(self.said) <= 0
        if not self.keyboard.interactive:
            if turn.kind == "closing":
                self._plain(f"[{setting.interviewer}] closing: {' '.join(closing.split())}")
            else:
                self._plain(view.line(turn, asked, shown, words))
            return
        stretch = self.plan.stretch(turn.section)
        if turn.kind == "closing":
            text = f"{words('mock.time-up')}\n\n{closing}" if out_of_time else closing
            self.context.show(*view.speech(self.plan.blueprint.name[setting.lang], text), "")
            return
        new = not self.said or self.said[-1].turn.section != turn.section
        if stretch and new:
            self.context.show(*view.section(stretch.title, self.course.left(self.said), words))
        name = self.plan.blueprint.name[setting.lang]
        self.context.show(*view.question(turn, asked, shown, allowed, name, words))

    def _reply(self, turn: Turn, asked: QuestionRef | None, shown: Layout, watch: Watch, draft: str) -> Reply:
        def keep(text: str, seconds: float) -> None:
            with suppress(StoreError):  # sending the answer will say it; a key must not
                self.context.store.say(self.name, turn.number, turn_data(turn), text, round(seconds, 1), "")

        held: list[str] = []  # lines of a pipe that stood before a key without a meaning here
        while True:
            reply = self.keyboard.answer(turn.kind, draft, watch, keep)
            match reply:
                case Typed(text=text):
                    text = "\n".join([*held, text])
                    problem = self._problem(turn, asked, shown, text)
                    if problem:
                        self.context.say(problem)
                        draft = text
                        continue
                    return self._taken(turn, text, watch)
                case Pressed(key="skip"):
                    return Reply("", self._seconds("", watch), How.skipped)
                case Pressed(key="cut"):
                    self._aside(self.context.words("mock.cut"))
                    return Reply(reply.draft, watch.allowed, How.cut)
                case Pressed(key="quit" | "end" | "stop"):
                    keep("\n".join([*held, reply.draft]) or draft, watch.used if self.keyboard.interactive else 0.0)
                    raise Left(interrupted=reply.key == "stop")
                case Pressed():
                    self.context.say(self.context.words("mock.no-key"))
                    draft = reply.draft
                    held += [reply.draft] if reply.draft and not self.keyboard.interactive else []

    def _problem(self, turn: Turn, asked: QuestionRef | None, shown: Layout, text: str) -> str:
        """Why an answer cannot be taken as it is, where a terminal can ask again."""
        if not self.keyboard.interactive or asked is None or turn.kind in ("open", "spoken", "closing"):
            return ""
        from llmquiz.ui.keyboard.reply import fault

        return fault(asked, shown, text, self.context.words)

    def _taken(self, turn: Turn, text: str, watch: Watch) -> Reply:
        """An answer with its time; a strict interviewer takes only what fits."""
        if not self.keyboard.interactive and watch.strict and turn.kind in ("open", "spoken"):
            short = self.plan.pace.cut(text, watch.allowed)
            if short != text:
                return Reply(short, round(watch.allowed, 1), How.cut)
        return Reply(text, self._seconds(text, watch), How.sent if text.strip() else How.skipped)

    def _seconds(self, text: str, watch: Watch) -> float:
        """Time that an answer took: in a pipe, where answers lie ready, the time that it takes to type it."""
        return round(watch.used, 1) if self.keyboard.interactive else self.plan.pace.taken(text)

    def _keep(self, exchange: Exchange) -> None:
        turn, reply = exchange.turn, exchange.reply
        self.context.store.say(self.name, turn.number, turn_data(turn), reply.text, reply.seconds, str(reply.how))
        if not self.keyboard.interactive:
            self._plain(f"saved {turn.question or self.plan.setting.interviewer}")

    def _learner(self) -> tuple[set[str], int]:
        """Items that were reviewed before, and the learner's level."""
        if not self.plan.setting.scheduled:
            return set(), 0
        from llmquiz.schedule.selection import DrillOptions, level_for

        dues = self.context.past.dues()
        return set(dues), level_for(self.context.collection.items(self.plan.topic), dues, DrillOptions())

    def _feed(self, exchange: Exchange) -> None:
        """Review the items of an answer as a drill does; what was not an answer, or not the whole question, is none."""
        from llmquiz.interview.judge.learning import learned
        from llmquiz.store.store import Reviewed

        turn, reply = exchange.turn, exchange.reply
        asked = self.course.hearing.question(turn.question) if turn.question else None
        if not self.plan.setting.scheduled or asked is None:
            return
        found = learned(exchange, self.said, self.course.hearing, known=self.items, level=self.level)
        if found is None:
            return
        score = self.course.hearing.of(exchange)
        self.context.store.record(
            at=clock.now(), sitting=self.name, question=asked.id, lang=self.context.lang, source="mock",
            answer=reply.text, hash=asked.hash, seconds=reply.seconds, grader=score.grader,
            reviews=[Reviewed(r.item, r.state.value, r.rating, r.score) for r in found],
        )  # fmt: skip

    def catch_up(self) -> None:
        """Review what was answered but not reviewed when a crash came between the two."""
        done = {answer.question for answer in self.context.past.answers(sitting=self.name)}
        for number, exchange in enumerate(self.said):
            if exchange.turn.question not in done:
                kept, self.said = self.said, self.said[: number + 1]
                self._feed(exchange)
                self.said = kept

    def report(self, at: str, finished: bool) -> Report:
        """The report of what was said, kept with the interview."""
        from llmquiz.interview.report.report import build

        made = build(self.name, at, self.said, self.course, finished=finished)
        self.context.store.end_interview(self.name, made.data())
        return made

    def _aside(self, text: str) -> None:
        """A line of the interviewer while one is typing."""
        self.context.show(*view.speech(self.plan.blueprint.name[self.context.lang], text))

    def _plain(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    @property
    def answered(self) -> int:
        """Answers that were given."""
        return sum(not exchange.reply.empty for exchange in self.said)

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(self.plan.seconds - elapsed(self.said), 0.0)


def setting_data(plan: Plan) -> dict[str, object]:
    """What was chosen, as it is kept."""
    return asdict(plan.setting)
