"""The plots of a report as inline SVG: areas as bars, the time line; they take their colors from the page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rich.cells import cell_len

from llmquiz.ui.document.blocks import Bars, TimeLine

WIDTH = 400
"""Of a phone; a wider screen shows them larger."""
ROW = 30


def bars(block: Bars) -> str:
    """A bar chart: a row a bar, with a line where the bar is expected to reach."""
    label = 8 + 7 * max((cell_len(bar.label) for bar in block.bars), default=0)
    text = 16 + 6.6 * max((cell_len(bar.text) for bar in block.bars), default=0)
    room = round(WIDTH - label - text)
    return _svg(block.title, ROW * len(block.bars) + 8, _bar_rows(block, label, room))


def _bar_rows(block: Bars, label: int, room: int) -> Iterator[str]:
    for number, bar in enumerate(block.bars):
        y = ROW * number + 6
        yield f'<text x="0" y="{y + 14}" class="label">{escape(bar.label)}</text>'
        yield f'<rect x="{label}" y="{y}" width="{room}" height="18" rx="3" class="track"/>'
        yield (
            f'<rect x="{label}" y="{y}" width="{room * min(bar.value, 1):.1f}" height="18" rx="3" '
            f'class="fill {bar.style or "plain"}"><title>{escape(bar.label)} {escape(bar.text)}</title></rect>'
        )
        if bar.mark is not None:
            x = label + room * bar.mark
            yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 3}" y2="{y + 21}" class="mark"/>'
        yield f'<text x="{WIDTH - 1}" y="{y + 14}" class="aside end">{escape(bar.text)}</text>'


def time_line(block: TimeLine) -> str:
    """A row an answer, where it stands in the interview; the outline is the time that was given."""
    total = max([block.total, *(stop.start + max(stop.seconds, stop.allowed) for stop in block.stops)])
    left, right = 24, 88
    room = WIDTH - left - right
    height = 24 * len(block.stops) + 26
    return _svg(block.title, height, _stops(block, total, left, room))


def _stops(block: TimeLine, total: float, left: int, room: int) -> Iterator[str]:
    for stop in (s for s in block.stops):
        y = 24 * (stop.number - 1) + 4
        x, allowed = left + room * stop.start / total, room * stop.allowed / total
        used = max(room * stop.seconds / total, 2.0)
        title = f"<title>{stop.number}. {escape(stop.label)} {escape(stop.text)}</title>"
        yield f'<text x="{left - 6}" y="{y + 12}" class="number">{stop.number}</text>'
        yield f'<rect x="{x:.1f}" y="{y}" width="{allowed:.1f}" height="15" rx="2" class="given">{title}</rect>'
        kind = stop.style or "plain"
        yield f'<rect x="{x:.1f}" y="{y + 3}" width="{used:.1f}" height="9" rx="2" class="fill {kind}">{title}</rect>'
        yield f'<text x="{WIDTH - 1}" y="{y + 12}" class="aside end">{escape(stop.text)}</text>'
    y = 24 * len(block.stops) + 4
    yield f'<line x1="{left}" x2="{left + room}" y1="{y}" y2="{y}" class="axis"/>'
    minutes = max(1, round(total / 60))
    step = max(1, -(-minutes // 5))
    for minute in range(0, int(total // 60) + 1, step):
        x = left + room * 60 * minute / total
        yield f'<text x="{x:.1f}" y="{y + 16}" class="tick">{minute}:00</text>'


def _svg(title: str, height: int, parts: Iterator[str]) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
    return head + "".join(parts) + "</svg>"
