"""A document as blocks that a screen, a Markdown file and a page can each show in their own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["", "strong", "dim", "good", "warn", "bad", "added", "moved", "dropped", "code"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; `code` is a command or an id."""

    text: str
    style: Style = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 is the document's."""

    level: int
    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or an item of a list where it has a bullet."""

    runs: Runs
    bullet: str = ""
    style: Style = ""
    """Of the bullet."""
    depth: int = 0
    """How far it is set in."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said."""

    runs: Runs
    by: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a bar chart."""

    label: str
    value: float
    """0 to 1; more is cut."""
    text: str
    style: Style = ""
    mark: float | None = None
    """Where a line stands that the bar should reach or keep below."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """One answer on the time line, in seconds."""

    number: int
    start: float
    seconds: float
    allowed: float
    label: str
    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class TimeLine:
    """When what was answered, and how long it took against its time."""

    title: str
    stops: tuple[Stop, ...]
    total: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table."""

    head: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]


Block = Heading | Line | Quote | Bars | TimeLine | Grid


def plain(*texts: str) -> Runs:
    """Texts as unstyled runs."""
    return tuple(Run(text) for text in texts)
