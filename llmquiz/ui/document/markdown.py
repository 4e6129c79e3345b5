"""Blocks of a report as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from llmquiz.ui.document.blocks import Bars, Block, Grid, Heading, Line, Quote, Run, Runs, TimeLine

_ESCAPED = str.maketrans({"<": "&lt;", ">": "&gt;", "|": "\\|"})


def markdown(blocks: Iterable[Block]) -> str:
    """The whole document."""
    return "\n".join(_lines(blocks)).strip() + "\n"


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    listing = False
    for block in blocks:
        item = isinstance(block, Line) and bool(block.bullet or block.depth)
        if not (listing and item):
            yield ""
        listing = item
        match block:
            case Heading():
                aside = f" · {_safe(block.aside)}" if block.aside else ""
                yield f"{'#' * block.level} {_safe(block.text)}{aside}"
            case Line():
                yield _item(block) if item else _runs(block.runs)
            case Quote():
                yield from (f"> {line}" for line in _runs(block.runs).split("\n"))
            case Bars():
                yield f"## {_safe(block.title)}"
                yield ""
                yield from _table(("", "", ""), [(b.label, _bar(b.value), b.text) for b in block.bars])
                yield from ("", block.note) if block.note else ()
            case TimeLine():
                yield f"## {_safe(block.title)}"
                yield ""
                yield from _table(("", "", ""), [(str(s.number), s.label, s.text) for s in block.stops])
                yield from ("", block.note) if block.note else ()
            case Grid():
                yield from _table(block.head, [tuple(run.text for run in row) for row in block.rows])


def _item(line: Line) -> str:
    number = line.bullet.rstrip(".").isdigit()
    head = line.bullet if number else f"- {line.bullet}" if line.bullet else "-"
    return f"{'  ' * line.depth}{head} {_runs(line.runs)}".replace("- ·", "-")


def _runs(runs: Runs) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = _safe(run.text)
    match run.style:
        case "code":
            return f"`{run.text}`"
        case "strong" | "added":
            return f"**{text}**"
        case "moved":
            return f"*{text}*"
        case "dropped":
            return f"~~{text}~~"
        case _:
            return text


def _safe(text: str) -> str:
    return text.translate(_ESCAPED)


def _bar(value: float, width: int = 20) -> str:
    full = round(width * min(value, 1.0))
    return "█" * full + "░" * (width - full)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
