"""The clock of one answer: what is used, what is left, and the signs that an interviewer gives."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from llmquiz.interview.plan.pace import clock
from llmquiz.messages.ui import Words

SOON = 15
"""Seconds before the end at which the last sign is given."""


@dataclass
class Watch:
    """Runs from when it is made; `now` gives seconds."""

    allowed: float
    """Seconds for this answer."""
    left: float
    """Seconds left of the interview when it starts."""
    strict: bool = False
    practice: bool = False
    before: float = 0.0
    """Seconds used before an interruption."""
    now: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _paused_at: float | None = field(init=False, default=None)
    _paused: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._started = self.now()

    @property
    def used(self) -> float:
        """Seconds used for this answer, pauses left out."""
        until = self.now() if self._paused_at is None else self._paused_at
        return self.before + until - self._started - self._paused

    @property
    def paused(self) -> bool:
        """Whether the clock stands."""
        return self._paused_at is not None

    def pause(self) -> None:
        """Stop the clock, in practice only; a second time starts it again."""
        if not self.practice:
            return
        if self._paused_at is None:
            self._paused_at = self.now()
        else:
            self._paused += self.now() - self._paused_at
            self._paused_at = None

    @property
    def sign(self) -> str:
        """`half`, `soon` or `over`; empty before the first sign."""
        left = self.allowed - self.used
        if left <= 0:
            return "over"
        # An answer of no more than these seconds would begin with the sign.
        if left <= SOON < self.allowed:
            return "soon"
        return "half" if left <= self.allowed / 2 else ""

    def line(self, words: Words) -> str:
        """The countdown of the answer and of the interview; `|` stands where a narrow screen may break it."""
        if self.paused:
            return words("mock.bar-paused")
        left, interview = self.allowed - self.used, clock(max(self.left - self.used + self.before, 0))
        if left < 0:
            return words("mock.bar-over", over=clock(-left), interview=interview)
        return words("mock.bar", answer=clock(left), allowed=clock(self.allowed), interview=interview)

    def warning(self, words: Words) -> str:
        """The last sign in words; empty before the first."""
        match self.sign:
            case "half":
                return words("mock.sign-half")
            case "soon":
                return words("mock.sign-soon", seconds=max(round(self.allowed - self.used), 1))
            case "over":
                return words("mock.sign-over")
            case _:
                return ""
