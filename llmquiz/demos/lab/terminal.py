"""Plots in the terminal: plain characters, readable in black and white at 80 columns.

Marks are ASCII, because many terminals of Chinese users draw dots and squares two cells wide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

WIDTH = 76
MARKS = "*o+x#@%&"
SHADES = " ░▒▓█"


@dataclass(frozen=True, slots=True)
class Series:
    """One curve."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


def curves(
    series: Sequence[Series],
    *,
    x_label: str,
    y_label: str,
    width: int = WIDTH,
    height: int = 12,
    log_x: bool = False,
    log_y: bool = False,
) -> Text:
    """Curves over one pair of axes, each with its own mark; where two meet, the first is on top."""
    to_x, to_y = _scale(log_x), _scale(log_y)
    xs, ys = [to_x(x) for s in series for x in s.x], [to_y(y) for s in series for y in s.y]
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    if not log_y and low > 0 and low < high / 2:
        low = 0.0
    ticks = {round(i * (height - 1) / 4): _number(_back(high - i * (high - low) / 4, log_y)) for i in range(5)}
    gutter = max(len(tick) for tick in ticks.values())
    columns = width - gutter - 2
    grid = [[" "] * columns for _ in range(height)]
    for mark, curve in reversed(list(zip(MARKS, series, strict=False))):
        points = [
            (_place(to_x(x), left, right, columns), height - 1 - _place(to_y(y), low, high, height))
            for x, y in zip(curve.x, curve.y, strict=True)
        ]
        for column, row in _joined(points):
            grid[row][column] = "·" if grid[row][column] == " " else grid[row][column]
        for column, row in points:
            grid[row][column] = mark
    lines = [f"{'':{gutter}}  {y_label}"]
    lines += [f"{ticks.get(row, ''):>{gutter}} │{''.join(cells).rstrip()}" for row, cells in enumerate(grid)]
    start, end = _number(_back(left, log_x)), _number(_back(right, log_x))
    lines.append(f"{'':{gutter}} └{'─' * columns}")
    gap = max(1, columns - len(start) - len(end) - cell_len(x_label))
    lines.append(f"{'':{gutter}}  {start}{' ' * (gap // 2)}{x_label}{' ' * (gap - gap // 2)}{end}")
    lines.append(f"{'':{gutter}}  " + "   ".join(f"{m} {s.name}" for m, s in zip(MARKS, series, strict=False)))
    return Text("\n".join(lines), no_wrap=True)


def _scale(log: bool) -> Callable[[float], float]:
    return (lambda v: math.log10(max(v, 1e-300))) if log else float


def _back(value: float, log: bool) -> float:
    return 10**value if log else value


def _place(value: float, low: float, high: float, cells: int) -> int:
    return round((value - low) / (high - low) * (cells - 1)) if high > low else 0


def _joined(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cells between neighbouring points of a curve."""
    cells = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(abs(x1 - x0), abs(y1 - y0))
        cells += [(x0 + round((x1 - x0) * i / steps), y0 + round((y1 - y0) * i / steps)) for i in range(1, steps)]
    return cells


def _number(value: float) -> str:
    if value and (abs(value) >= 1e5 or abs(value) < 1e-3):
        return f"{value:.1e}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def bars(rows: Sequence[tuple[str, float, str]], *, width: int = WIDTH) -> Text:
    """Horizontal bars: label, value, and the value as it is written behind the bar."""
    labels, values = max(cell_len(label) for label, _, _ in rows), max(cell_len(shown) for _, _, shown in rows)
    room, largest = max(8, width - labels - values - 3), max(value for _, value, _ in rows) or 1.0
    lines = [f"{pad(label, labels)} {'█' * _bar(value / largest, room)} {shown}" for label, value, shown in rows]
    return Text("\n".join(lines), no_wrap=True)


def _bar(share: float, room: int) -> int:
    return max(1, round(share * room)) if share > 0 else 0


def pad(text: str, cells: int) -> str:
    """`text` filled up to so many cells of the terminal, wide characters counting two."""
    return text + " " * max(0, cells - cell_len(text))


def cut(text: str, cells: int) -> str:
    """`text` cut to at most so many cells."""
    while cell_len(text) > cells:
        text = text[:-1]
    return text


def heat(
    values: Sequence[Sequence[float]],
    *,
    rows: Sequence[str] = (),
    title: str = "",
    top: float | None = None,
    numbered: bool = True,
    labels: int = 10,
) -> Text:
    """A heat map, two cells a value, darker is more; `top` is the value of the darkest shade (default: the largest).

    Columns are numbered as rows are, so that a label is written once.
    """
    most = top if top is not None else max(max(row) for row in values) or 1.0
    names = [cut(name, labels) for name in rows] or [""] * len(values)
    margin = max(cell_len(name) for name in names) + (4 if numbered else 1)
    lines = [title] if title else []
    if numbered:
        lines.append(" " * margin + "".join(f"{(i + 1) % 100:>2}" for i in range(len(values[0]))))
    for i, (name, row) in enumerate(zip(names, values, strict=True)):
        number = f"{(i + 1) % 100:>2} " if numbered else ""
        lines.append(pad(f"{number}{name}", margin) + "".join(2 * _shade(value / most) for value in row))
    return Text("\n".join(lines), no_wrap=True)


def _shade(share: float) -> str:
    """Blank is only what is as good as nothing."""
    if not share > 0.005:
        return SHADES[0]
    return SHADES[min(len(SHADES) - 1, 1 + int(share * (len(SHADES) - 1)))]


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> Table:
    """A plain table; the first column to the left, figures to the right."""
    grid = Table(
        title=Text(title) if title else None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for i, name in enumerate(header):
        grid.add_column(Text(name), justify="left" if i == 0 else "right", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def side_by_side(*parts: Text, gap: int = 3) -> Table:
    """Small plots beside each other."""
    grid = Table.grid(padding=(0, gap, 0, 0))
    for _ in parts:
        grid.add_column(no_wrap=True)
    grid.add_row(*parts)
    return grid
