"""What is asked next, from what was asked and said so far."""

from __future__ import annotations

from collections.abc import Sequence

from llmquiz.interview.ask.follow import Probe, choose
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.plan.pace import CLOSING, FOLLOW_UP, KINDS, budget
from llmquiz.interview.plan.planning import PlannedSection
from llmquiz.interview.turns import Depth, Exchange, Turn, Why

ENOUGH = 0.4
"""Share of the time for an answer that must be left for a question to be begun."""


def elapsed(said: Sequence[Exchange]) -> float:
    """Seconds of the interview that have been used."""
    return sum(exchange.reply.seconds for exchange in said)


class Interviewer:
    """The course of one interview: `next` is a function of what was said alone."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing, self.plan = hearing, hearing.plan

    def next(self, said: Sequence[Exchange]) -> Turn | None:
        """The next turn; nothing after the closing."""
        said = self.hearing.heard(said)
        if said and said[-1].turn.kind == "closing":
            return None
        current = self.plan.section(said[-1].turn.section) if said else None
        if current and said:
            turn = self._follow_up(said, current) or self._main(said, current)
            if turn:
                return turn
        later = self.plan.sections[self.plan.sections.index(current) + 1 :] if current else self.plan.sections
        for section in later:
            turn = self._main(said, section, opening=True)
            if turn:
                return turn
        return Turn(
            len(said) + 1, said[-1].turn.section if said else "", "", "closing", "one-line", CLOSING, Why.closing
        )

    def left(self, said: Sequence[Exchange]) -> float:
        """Seconds that are left of the interview."""
        return self.plan.seconds - elapsed(said)

    def allowed(self, turn: Turn, said: Sequence[Exchange]) -> float:
        """Seconds that the answer to `turn` may take: its budget at the candidate's pace, or what is left."""
        options = self.plan.pace.allowed(turn.seconds)
        return options if turn.kind == "closing" else max(min(options, self.left(said)), min(options, 15.0))

    def unasked(self, said: Sequence[Exchange]) -> list[tuple[PlannedSection, str]]:
        """Planned questions that were never reached, by section."""
        asked = {exchange.turn.question for exchange in said}
        found = []
        for section in self.plan.sections:
            planned = section.questions[: section.most]
            reached = sum(e.turn.section == section.id and e.turn.why is Why.planned for e in said)
            open_ones = [name for name in planned if name not in asked]
            found += [(section, name) for name in open_ones[: max(len(planned) - reached, 0)]]
        return found

    def _main(self, said: Sequence[Exchange], section: PlannedSection, opening: bool = False) -> Turn | None:
        """The next question of a section, if its time and the interview's allow one."""
        mine = [e for e in said if e.turn.section == section.id and e.turn.why is Why.planned]
        if len(mine) >= section.most or (mine and elapsed(said) >= section.until):
            return None
        asked = {exchange.turn.question for exchange in said if exchange.turn.kind != "spoken"}
        for place, name in enumerate(section.questions):
            question = self.hearing.question(name)
            if question is None or question.id in asked:
                continue
            seconds = budget(question, section.depth)
            if said and self.left(said) < ENOUGH * self.plan.pace.allowed(seconds):
                continue
            return Turn(
                number=len(said) + 1,
                section=section.id,
                question=question.id,
                kind=question.kind,
                depth=section.depth if question.kind == "open" else "one-line",
                seconds=seconds,
                say=section.say if opening else "",
                prompt=section.prompt if place == 0 else "",
            )
        return None

    def _follow_up(self, said: Sequence[Exchange], section: PlannedSection) -> Turn | None:
        thread = [exchange for exchange in said if exchange.thread == said[-1].thread]
        digs = len(thread) - 1
        main = thread[0].turn
        allowed = self.plan.pace.allowed(FOLLOW_UP[main.depth])
        most = self.plan.blueprint.digs if main.kind == "open" else min(self.plan.blueprint.digs, 1)
        if digs >= most or self.left(said) < ENOUGH * allowed:
            return None
        if digs and elapsed(said) + ENOUGH * allowed > section.until:
            return None
        if len(thread) > 1 and all(exchange.reply.empty for exchange in thread[-2:]):
            return None  # whoever has nothing to say is not pressed a third time
        probe = choose(said, section, self.hearing)
        return self._turn(probe, said, section, main.depth) if probe else None

    def _turn(self, probe: Probe, said: Sequence[Exchange], section: PlannedSection, depth: Depth) -> Turn | None:
        asked = self.hearing.question(probe.ask) if probe.ask else None
        shallow: Depth = "one-line" if depth == "one-line" else "one-minute"
        kind = asked.kind if asked else "spoken"
        spoken = FOLLOW_UP[depth] if kind == "spoken" else KINDS.get(kind, FOLLOW_UP[depth])
        return Turn(
            number=len(said) + 1,
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
            parent=said[-1].thread,
        )
