"""What is asked and what is said, in a form that can be kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal

Depth = Literal["one-line", "one-minute", "full"]
DEPTHS: tuple[Depth, ...] = ("one-line", "one-minute", "full")


class Why(StrEnum):
    """Why something is asked."""

    planned = "planned"
    """It opens a section, or is the next question of one."""
    wrong_number = "wrong-number"
    contradicted = "contradicted"
    absolute = "absolute"
    missed = "missed"
    always = "always"
    """The interviewer asks it of everybody."""
    met = "met"
    """The deepest point that was met, followed further down."""
    closing = "closing"


class How(StrEnum):
    """How an answer ended."""

    sent = "sent"
    skipped = "skipped"
    cut = "cut"
    """The time was up and the interviewer took what was there (`--strict`)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing asked; its texts are in the interview's language."""

    number: int
    """From 1."""
    section: str
    question: str
    """Full id: of the question asked, or of the one that a spoken follow-up is about; empty at the closing."""
    kind: str
    """Kind of the question; `spoken` for words of the interviewer about `question`, `closing` at the end."""
    depth: Depth
    seconds: int
    """Time to say the answer aloud."""
    why: Why = Why.planned
    point: str = ""
    """Key point or misconception of `question`, or of the question before, that led here."""
    because: str = ""
    """Words of the answer that led here."""
    say: str = ""
    """What the interviewer says: before the question, or instead of it. Empty: the interface finds the words."""
    about: str = ""
    """The question whose answer led here, where that is another one."""
    prompt: str = ""
    """The question in the interviewer's own words."""
    parent: int = 0
    """Number of the turn that opened this line of questions; 0 for that turn itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said."""

    text: str
    seconds: float
    """Time that it took."""
    how: How = How.sent

    @property
    def empty(self) -> bool:
        """Nothing was said, or only that it is not known."""
        return self.how is How.skipped or not self.text.strip()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn and the reply to it."""

    turn: Turn
    reply: Reply

    @property
    def thread(self) -> int:
        """Number of the turn that opened this line of questions."""
        return self.turn.parent or self.turn.number


def turn_data(turn: Turn) -> dict[str, Any]:
    """`turn` as plain data."""
    return asdict(turn)


def turn_of(data: dict[str, Any]) -> Turn:
    """The turn that `turn_data` wrote; keys of a newer version are passed over."""
    known = {name: data[name] for name in Turn.__slots__ if name in data}
    return Turn(**known | {"why": Why(known.get("why", "planned"))})
