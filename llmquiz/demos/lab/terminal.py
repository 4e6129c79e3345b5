"""Plots and tables in the terminal, readable in black and white at 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from llmquiz.demos.lab.curves import Curves
from llmquiz.demos.lab.curves import Series as Series

WIDTH = 76
SHADES = " ░▒▓█"
EIGHTHS: tuple[str, ...] = ("", *"▏▎▍▌▋▊▉")


def curves(
    series: Sequence[Series],
    *,
    x_label: str,
    y_label: str,
    width: int = WIDTH,
    height: int = 12,
    log_x: bool = False,
    log_y: bool = False,
) -> Curves:
    """Curves over one pair of axes, each with its own mark; where two meet, the first is on top."""
    return Curves(series, x_label, y_label, width, height, log_x, log_y)


def bars(rows: Sequence[tuple[str, float, str]], *, width: int = WIDTH) -> Text:
    """Horizontal bars: label, value, and the value as it is written behind the bar."""
    labels, values = max(cell_len(label) for label, _, _ in rows), max(cell_len(shown) for _, _, shown in rows)
    room, largest = max(8, width - labels - values - 3), max(value for _, value, _ in rows) or 1.0
    lines = [
        Text.assemble(pad(label, labels), " ", (_bar(value / largest, room), "cyan"), f" {shown}")
        for label, value, shown in rows
    ]
    return Text("\n", no_wrap=True).join(lines)


def titled(title: str, drawn: Text) -> Text:
    """A small plot below a line that says what it shows."""
    return Text.assemble((f"{title}\n", "bold"), drawn, no_wrap=True)


def _bar(share: float, room: int) -> str:
    """A bar of that share of `room` cells, to an eighth of a cell; what is not nothing is not without a bar."""
    eighths = max(1, round(8 * share * room)) if share > 0 else 0
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8]


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
