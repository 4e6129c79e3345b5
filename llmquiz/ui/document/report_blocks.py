"""What a report is made of beside titles: text that was said, lists, plots, small tables."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.ui.document.runs import Run, Runs, Style


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or an item of a list where it has a bullet."""

    runs: Runs
    bullet: str = ""
    style: Style = ""
    """Of the bullet."""
    depth: int = 0
    """How far it is set in."""

    @property
    def listed(self) -> bool:
        """Whether it is an item of a list."""
        return bool(self.bullet or self.depth)


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said."""

    runs: Runs


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
