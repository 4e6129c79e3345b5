"""Curves in the terminal: braille dots in colour, with a mark of its own on each, so that black and white do as well.

Braille is one cell wide everywhere; squares and circles are two cells wide in many terminals of Chinese users.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

MARKS = "*o+x#@%&"
COLOURS = ("cyan", "yellow", "green", "magenta", "red", "blue", "bright_black", "white")
MARKED = 10
"""At most so many points of a curve carry its mark; a closer row of them would hide the curve."""
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each of the 4 × 2 dots of a braille cell, from U+2800 on."""


@dataclass(frozen=True, slots=True)
class Series:
    """One curve."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves over one pair of axes; where two meet, the first is on top."""

    series: Sequence[Series]
    x_label: str
    y_label: str
    width: int
    height: int
    log_x: bool = False
    log_y: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.drawn(plain=options.ascii_only or console.is_dumb_terminal)

    def drawn(self, *, plain: bool) -> Text:
        """The plot; `plain`: in letters alone."""
        xs, ys = _axis(self.series, "x", self.log_x), _axis(self.series, "y", self.log_y)
        ticks = {
            round(i * (self.height - 1) / 4): _number(_back(ys.high - i * (ys.high - ys.low) / 4, self.log_y))
            for i in range(5)
        }
        gutter = max(len(tick) for tick in ticks.values())
        columns = self.width - gutter - 2
        side, corner, floor = ("|", "+", "-") if plain else ("│", "└", "─")
        text = Text(f"{'':{gutter}}  {self.y_label}\n", no_wrap=True)
        rows = self._rows(xs, ys, columns, plain=plain)
        for number, row in enumerate(rows):
            text.append(f"{ticks.get(number, ''):>{gutter}} {side}").append_text(row).append("\n")
        start, end = (_number(_back(value, self.log_x)) for value in (xs.low, xs.high))
        gap = max(1, columns - len(start) - len(end) - cell_len(self.x_label))
        text.append(f"{'':{gutter}} {corner}{floor * columns}\n")
        text.append(f"{'':{gutter}}  {start}{' ' * (gap // 2)}{self.x_label}{' ' * (gap - gap // 2)}{end}\n")
        if len(self.series) == 1:  # the axis says what it is
            text.rstrip()
            return text
        text.append(f"{'':{gutter}}  ")
        for number, (mark, colour, curve) in enumerate(zip(MARKS, COLOURS, self.series, strict=False)):
            text.append("   " if number else "").append(f"{mark} {curve.name}", colour)
        return text

    def _rows(self, xs: Axis, ys: Axis, columns: int, *, plain: bool) -> Iterator[Text]:
        """The lines between the axes, the highest first."""
        dots: dict[tuple[int, int], int] = {}
        colours: dict[tuple[int, int], str] = {}
        marks: dict[tuple[int, int], str] = {}
        for mark, colour, curve in reversed(list(zip(MARKS, COLOURS, self.series, strict=False))):
            points = list(zip(map(xs.share, curve.x), map(ys.share, curve.y), strict=True))
            fine = [(round(x * (2 * columns - 1)), round((1 - y) * (4 * self.height - 1))) for x, y in points]
            for dot in _joined(fine):
                cell = dot[0] // 2, dot[1] // 4
                dots[cell] = dots.get(cell, 0) | DOTS[dot[1] % 4][dot[0] % 2]
                colours[cell] = colour
            for x, y in points[:: max(1, math.ceil(len(points) / MARKED))]:
                cell = round(x * (columns - 1)), self.height - 1 - round(y * (self.height - 1))
                marks[cell], colours[cell] = mark, colour
        for row in range(self.height):
            line = Text()
            for column in range(columns):
                cell = column, row
                fill = ("." if plain else chr(0x2800 + dots[cell])) if cell in dots else " "
                line.append(marks.get(cell, fill), colours.get(cell, ""))
            line.rstrip()
            yield line


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis, in the units in which it is even."""

    low: float
    high: float
    log: bool

    def share(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        return (_scale(self.log)(value) - self.low) / (self.high - self.low) if self.high > self.low else 0.0


def _axis(series: Sequence[Series], name: str, log: bool) -> Axis:
    """The axis that holds every point; it begins at 0 where the values come near it."""
    values = [_scale(log)(value) for curve in series for value in getattr(curve, name)]
    low, high = min(values), max(values)
    if name == "y" and not log and 0 < low < high / 2:
        low = 0.0
    return Axis(low, high, log)


def _scale(log: bool) -> Callable[[float], float]:
    return (lambda v: math.log10(max(v, 1e-300))) if log else float


def _back(value: float, log: bool) -> float:
    return 10**value if log else value


def _joined(points: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The dots from each point of a curve to the next, both included."""
    yield from points
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(abs(x1 - x0), abs(y1 - y0))
        yield from ((x0 + round((x1 - x0) * i / steps), y0 + round((y1 - y0) * i / steps)) for i in range(1, steps))


def _number(value: float) -> str:
    if value and (abs(value) >= 1e5 or abs(value) < 1e-3):
        return f"{value:.1e}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
