"""What is asked next, from what was asked and said so far."""

from __future__ import annotations

from collections.abc import Sequence

from llmquiz.interview import calibration
from llmquiz.interview.ask.follow_ups import Probe, choose
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.plan.pace import CLOSING, FOLLOW_UP, KINDS, budget
from llmquiz.interview.plan.planning import PlannedSection
from llmquiz.interview.turns import Depth, Exchange, Turn, Why


def elapsed(exchanges: Sequence[Exchange]) -> float:
    """Seconds of the interview that have been used."""
    return sum(exchange.reply.seconds for exchange in exchanges)


class Interviewer:
    """The course of one interview: `next` is a function of what was said alone."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing, self.plan = hearing, hearing.plan

    def next(self, exchanges: Sequence[Exchange]) -> Turn | None:
        """The next turn; nothing after the closing."""
        exchanges = self.hearing.heard(exchanges)
        if exchanges and exchanges[-1].turn.kind == "closing":
            return None
        current = self.plan.section(exchanges[-1].turn.section) if exchanges else None
        # First a follow-up, then the next question here, then the sections that are still to come.
        if current and exchanges:
            turn = self._follow_up(exchanges, current) or self._main(exchanges, current)
            if turn:
                return turn
        later = self.plan.sections[self.plan.sections.index(current) + 1 :] if current else self.plan.sections
        for section in later:
            turn = self._main(exchanges, section, opening=True)
            if turn:
                return turn
        return Turn(
            len(exchanges) + 1,
            exchanges[-1].turn.section if exchanges else "",
            "",
            "closing",
            "one-line",
            CLOSING,
            Why.closing,
        )

    def left(self, exchanges: Sequence[Exchange]) -> float:
        """Seconds that are left of the interview."""
        return self.plan.seconds - elapsed(exchanges)

    def allowed(self, turn: Turn, exchanges: Sequence[Exchange]) -> float:
        """Seconds that the answer to `turn` may take: its budget at the candidate's pace, or what is left."""
        # The last word has its time even when that of the interview is up.
        budgeted = self.plan.pace.allowed(turn.seconds)
        return (
            budgeted
            if turn.kind == "closing"
            else max(min(budgeted, self.left(exchanges)), min(budgeted, calibration.LEAST_SECONDS))
        )

    def unasked(self, exchanges: Sequence[Exchange]) -> list[tuple[PlannedSection, str]]:
        """Planned questions that were never reached, by section."""
        asked = {exchange.turn.question for exchange in exchanges}
        missed = []
        for section in self.plan.sections:
            planned = section.questions[: section.most]
            # Where one was too long for what was left, a later one may have been asked in its place.
            reached = sum(e.turn.section == section.id and e.turn.why is Why.planned for e in exchanges)
            open_ones = [name for name in planned if name not in asked]
            missed += [(section, name) for name in open_ones[: max(len(planned) - reached, 0)]]
        return missed

    def _main(self, exchanges: Sequence[Exchange], section: PlannedSection, opening: bool = False) -> Turn | None:
        """The next question of a section, if its time and the interview's allow one."""
        mine = [e for e in exchanges if e.turn.section == section.id and e.turn.why is Why.planned]
        # The first question of a section is asked even where the one before ran into its time.
        if len(mine) >= section.most or (mine and elapsed(exchanges) >= section.until):
            return None
        asked = {exchange.turn.question for exchange in exchanges if exchange.turn.kind != "spoken"}
        for place, name in enumerate(section.questions):
            question = self.hearing.topic.question(name)
            if question is None or question.id in asked:
                continue
            seconds = budget(question, section.depth)
            # A shorter one further down the list may still fit.
            if exchanges and self.left(exchanges) < calibration.ENOUGH * self.plan.pace.allowed(seconds):
                continue
            return Turn(
                number=len(exchanges) + 1,
                section=section.id,
                question=question.id,
                kind=question.kind,
                depth=section.depth if question.kind == "open" else "one-line",
                seconds=seconds,
                say=section.say if opening else "",
                prompt=section.prompt if place == 0 else "",  # the section's own words ask its first question
            )
        return None

    def _follow_up(self, exchanges: Sequence[Exchange], section: PlannedSection) -> Turn | None:
        thread = [exchange for exchange in exchanges if exchange.thread == exchanges[-1].thread]
        digs = len(thread) - 1
        main = thread[0].turn
        allowed = self.plan.pace.allowed(FOLLOW_UP[main.depth])
        most = self.plan.blueprint.digs if main.kind == "open" else min(self.plan.blueprint.digs, 1)
        if digs >= most or self.left(exchanges) < calibration.ENOUGH * allowed:
            return None
        # The first follow-up may run over the section's time; those after it may not.
        if digs and elapsed(exchanges) + calibration.ENOUGH * allowed > section.until:
            return None
        if len(thread) > 1 and all(exchange.reply.empty for exchange in thread[-2:]):
            return None  # whoever has nothing to say is not pressed a third time
        probe = choose(exchanges, section, self.hearing)
        return self._turn(probe, exchanges, section, main.depth) if probe else None

    def _turn(self, probe: Probe, exchanges: Sequence[Exchange], section: PlannedSection, depth: Depth) -> Turn | None:
        asked = self.hearing.topic.question(probe.ask) if probe.ask else None
        shallow: Depth = "one-line" if depth == "one-line" else "one-minute"
        kind = asked.kind if asked else "spoken"
        spoken = FOLLOW_UP[depth] if kind == "spoken" else KINDS.get(kind, FOLLOW_UP[depth])
        return Turn(
            number=len(exchanges) + 1,
            section=section.id,
            question=asked.id if asked else probe.about,
            kind=kind,
            depth=shallow,
            seconds=budget(asked, shallow) if asked and kind == "open" else spoken,
            why=probe.why,
            point=probe.point,
            because=probe.because,
            say=probe.say,
            about=probe.about,
            parent=exchanges[-1].thread,
        )
