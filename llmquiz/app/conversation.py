"""What a drill and an interview share: something is asked, an answer is read, and nothing that was typed is lost."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.ui.keyboard.ask import Asker, Pressed, Typed, at_terminal

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.grading.score import Score
    from llmquiz.schedule.reviews import Review


class Leave(Exception):
    """Who answers leaves before the end; `interrupted` by Ctrl-C or a closed terminal."""

    def __init__(self, interrupted: bool = False) -> None:
        self.interrupted = interrupted


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer as it was given."""

    question: QuestionRef
    response: str
    """Numbers of options and steps are the author's, not those on the screen."""
    seconds: float
    hints: int = 0
    hinted: frozenset[str] = frozenset()
    """Points that a hint had named before."""


class Conversation:
    """Asks on a terminal or through a pipe, whichever there is."""

    def __init__(self, context: AppContext, asker: Asker | None) -> None:
        self.context = context
        self._asker = asker

    def load_asker(self) -> Asker:
        """What reads the answers where none was given: for a terminal or a pipe, whichever there is."""
        raise NotImplementedError

    @property
    def asker(self) -> Asker:
        """What reads the answers; loaded when it is first needed, after the first question is on the screen."""
        self._asker = self._asker or self.load_asker()
        return self._asker

    @property
    def interactive(self) -> bool:
        """Whether somebody sits there who can be asked back."""
        return self._asker.interactive if self._asker else at_terminal()

    def plain(self, line: str) -> None:
        """A line for the program at the other end of a pipe."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def reply(
        self,
        read: Callable[[str], Typed | Pressed],
        draft: str,
        keys: Mapping[str, Callable[[str], str]],
        problem: Callable[[str], str],
    ) -> Typed | Pressed:
        """An answer that can be taken, or a key that ends the question.

        `read` reads from a draft; `keys` are those that do not end it: each is told what stood in the editor and says
        what stands there from now on. `problem` says why a text cannot be taken; empty where it can.
        """
        while True:
            reply = read(draft)
            if isinstance(reply, Pressed):
                if reply.key not in keys:
                    return reply
                draft = keys[reply.key](reply.draft)
            elif trouble := problem(reply.text):
                self.context.say(trouble)
                draft = reply.text  # to be mended, not typed again
            else:
                return reply

    def record(
        self,
        attempt: Attempt,
        score: Score,
        reviews: Sequence[Review],
        *,
        source: Literal["drill", "mock"],
        sitting: str,
        again: bool = False,
    ) -> int:
        """Append an answer and its reviews to the log, in one transaction; the answer's number.

        `again`: the question had its first answer on the same day.
        """
        from llmquiz.store.store import Reviewed

        return self.context.store.record(
            at=clock.now(),
            sitting=sitting,
            question=attempt.question.id,
            lang=self.context.lang,
            source=source,
            answer=attempt.response,
            hash=attempt.question.hash,
            seconds=round(attempt.seconds, 1),
            hints=attempt.hints,
            grader=score.grader,
            reviews=[Reviewed(review.item, review.state.value, review.rating, review.score) for review in reviews],
            again=again,
        )


def leave_on_hangup() -> None:
    """From now on a closed terminal leaves as Ctrl-C does: what was typed is kept."""
    for name in ("SIGHUP", "SIGTERM"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            # It raises KeyboardInterrupt, and whatever keeps a draft on Ctrl-C keeps it then too.
            signal.signal(getattr(signal, name), signal.default_int_handler)
