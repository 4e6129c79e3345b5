"""Where the parts of a report's plots stand: areas as bars, the time line. The page draws them."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from llmquiz.ui.document.report_blocks import Bar, Bars, Stop, TimeLine

WIDTH = 400
"""Of a phone; a wider screen shows them larger."""
BAR_ROW, STOP_ROW = 30, 24
LEFT, RIGHT = 24, 88
"""Room for the number of a stop, and for its times."""


@dataclass(frozen=True, slots=True)
class BarShape:
    """A row of a bar chart."""

    bar: Bar
    y: int
    length: float
    mark: float | None


@dataclass(frozen=True, slots=True)
class BarChart:
    """A row a bar, with a line where the bar is expected to reach."""

    width: int
    height: int
    left: int
    """Where the bars begin."""
    room: int
    """Length of a full bar."""
    rows: tuple[BarShape, ...]


def bars(block: Bars) -> BarChart:
    """A bar chart as wide as a phone."""
    # No text can be measured here: at 12 px a cell takes some 7 of a label, 6.6 of the text beside the bar.
    left = 8 + 7 * max((cell_len(bar.label) for bar in block.bars), default=0)
    text = 16 + 6.6 * max((cell_len(bar.text) for bar in block.bars), default=0)
    room = round(WIDTH - left - text)
    rows = tuple(
        BarShape(
            bar, BAR_ROW * number + 6, room * min(bar.value, 1), None if bar.mark is None else left + room * bar.mark
        )
        for number, bar in enumerate(block.bars)
    )
    return BarChart(WIDTH, BAR_ROW * len(rows) + 8, left, room, rows)


@dataclass(frozen=True, slots=True)
class StopShape:
    """An answer on the time line."""

    stop: Stop
    y: int
    x: float
    allowed: float
    used: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A minute on the axis."""

    minute: int
    x: float


@dataclass(frozen=True, slots=True)
class TimeChart:
    """A row an answer, where it stands in the interview; the outline is the time that was given."""

    width: int
    height: int
    left: int
    right: int
    """Where the axis ends."""
    axis: int
    rows: tuple[StopShape, ...]
    ticks: tuple[Tick, ...]


def time_line(block: TimeLine) -> TimeChart:
    """A time line as wide as a phone, at most six minutes named."""
    # The outline of the last answer may reach beyond the end of the interview.
    total = max([block.total, *(stop.start + max(stop.seconds, stop.allowed) for stop in block.stops)])
    room = WIDTH - LEFT - RIGHT
    scale = room / total
    rows = tuple(
        StopShape(
            stop,
            STOP_ROW * (stop.number - 1) + 4,
            LEFT + room * stop.start / total,
            room * stop.allowed / total,
            # An answer of a second must still be seen.
            max(room * stop.seconds / total, 2.0),
        )
        for stop in block.stops
    )
    # -(-a // b) rounds up: five steps reach the end, so six ticks with the one at 0.
    step = max(1, -(-max(1, round(total / 60)) // 5))
    ticks = tuple(Tick(minute, LEFT + scale * 60 * minute) for minute in range(0, int(total // 60) + 1, step))
    axis = STOP_ROW * len(rows) + 4
    return TimeChart(WIDTH, STOP_ROW * len(rows) + 26, LEFT, LEFT + room, axis, rows, ticks)
