"""Blocks as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from llmquiz.ui.document.blocks import (
    Agenda,
    Aside,
    Block,
    Citation,
    Comparison,
    Corrections,
    DemoCommand,
    Heading,
    Judgement,
    Options,
    Paragraph,
    Passage,
    Points,
    Reason,
    Snippet,
    Steps,
    Title,
)
from llmquiz.ui.document.from_entry import EntryDocument
from llmquiz.ui.document.prose import quoted
from llmquiz.ui.document.report_blocks import Bars, Grid, Line, Quote, TimeLine
from llmquiz.ui.document.runs import Run, Runs

# What would begin HTML or end a cell of a table, in words that somebody typed.
_ESCAPED = str.maketrans({"<": "&lt;", ">": "&gt;", "|": "\\|"})


def markdown(blocks: Iterable[Block]) -> str:
    """The whole document."""
    return "\n".join(lines(blocks)).strip() + "\n"


def lines(blocks: Iterable[Block]) -> Iterator[str]:
    """The lines of each block after an empty one; those of a list stand together."""
    listing = False
    for block in blocks:
        item = isinstance(block, Citation) or (isinstance(block, Line) and block.listed)
        drawn = list(_block(block))
        if drawn and not (listing and item):
            yield ""
        listing = item
        yield from drawn


def _block(block: Block) -> Iterator[str]:  # noqa: C901  (a line a kind of block)
    match block:
        case Heading():
            yield _heading(block)
        case Line():
            yield _item(block) if block.listed else _runs(block.runs)
        case Quote():
            yield from (f"> {line}" for line in _runs(block.runs).split("\n"))
        case Bars():
            rows = [(bar.label, _bar(bar.value), bar.text) for bar in block.bars]
            yield from _figure(block.title, rows, block.note)
        case TimeLine():
            yield from _figure(block.title, [(str(s.number), s.label, s.text) for s in block.stops], block.note)
        case Grid():
            yield from _table(block.head, [tuple(run.text for run in row) for row in block.rows])
        case Title():
            yield f"### {block.text}"
        case Paragraph():
            yield " ".join(_passage(part) if isinstance(part, Passage) else _judgement(part) for part in block.parts)
        case Snippet():
            yield from [f"{block.title}:", ""] if block.title else []
            yield from ("```python", *block.code.rstrip().splitlines(), "```")
        case Options():
            yield from (_listed(f"{'✓' if o.right else '✗'} {o.text}", o.why) for o in block.options)
        case Steps():
            yield from (f"{number}. {step}" for number, step in enumerate(block.steps, 1))
        case Points():
            yield from (_listed(point.text, point.why) for point in block.points)
        case Corrections():
            yield from (f"- {quoted(pair.wrong)} → {pair.right}" for pair in block.corrections)
        case Comparison():
            yield from _comparison(block)
        case Reason():
            yield f"- {block.row} · {block.column}: {block.text}"
        case Agenda():
            yield f"- {block.title} ({block.length}): {', '.join(block.questions)}"
        case DemoCommand():
            yield f"`llmquiz demo {block.demo}`"
        case Aside():
            pass
        case Citation():
            yield _cited(block)
        case _:
            assert_never(block)


def entry(document: EntryDocument) -> list[str]:
    """An entry under its heading."""
    return [*_block(Title(document.prompt)), *body(document)]


def body(document: EntryDocument) -> list[str]:
    """An entry without its heading."""
    code = [Snippet(document.front.code)] if document.front and document.front.code else []
    note = ["", f"*{document.note}*"] if document.note else []
    return [*lines((*code, *document.answer, *document.rubric)), *note]


def _heading(block: Heading) -> str:
    # Levels 1 to 3 are a report's, whose text is escaped; 4 and 5 are of an entry, whose text is Markdown already.
    if block.level <= 3:
        aside = f" · {_safe(block.aside)}" if block.aside else ""
        return f"{'#' * block.level} {_safe(block.text)}{aside}"
    aside = f" ({block.aside})" if block.aside else ""
    return f"**{block.text}**{aside}" if block.level == 4 else f"*{block.text}*{aside}"


def _passage(part: Passage) -> str:
    match part.style:
        case "key":
            return f"**{part.text}**{part.end}"
        case "quote":
            return f"> {part.text}"
        case "" | "example":
            return f"{part.text}{part.end}"
        case _:
            assert_never(part.style)


def _judgement(part: Judgement) -> str:
    if not part.label:
        return f"({part.verdict})"
    return f"**{part.verdict}**" + (f" ({part.as_of})" if part.as_of else "")


def _listed(text: str, why: str) -> str:
    return f"- {text}" + (f" {why}" if why else "")


def _comparison(block: Comparison) -> Iterator[str]:
    def row(cells: Iterable[str]) -> str:
        # A new line would end the row.
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    yield row(block.head)
    yield row(["---"] * len(block.head))
    for cells in block.rows:
        yield row(cell.text + (f" *({cell.remark})*" if cell.remark else "") for cell in cells)


def _cited(block: Citation) -> str:
    where = f" [arXiv:{block.arxiv}](https://arxiv.org/abs/{block.arxiv})" if block.arxiv else ""
    where = where or (f" <{block.url}>" if block.url else "")
    return f"- {block.authors} ({block.year}). *{block.title}*.{where}"


def _figure(title: str, rows: Iterable[tuple[str, ...]], note: str) -> Iterator[str]:
    yield f"## {_safe(title)}"
    yield ""
    yield from _table(("", "", ""), rows)
    yield from ("", note) if note else ()


def _item(line: Line) -> str:
    # A number is a list of Markdown itself; other signs stand behind its dash, but for the dot, which is one.
    number = line.bullet.rstrip(".").isdigit()
    head = line.bullet if number else f"- {line.bullet}" if line.bullet not in ("", "·") else "-"
    return f"{'  ' * line.depth}{head} {_runs(line.runs)}"


def _runs(runs: Runs) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = _safe(run.text)
    match run.style:
        case "code":
            # Not escaped: Markdown shows code as it stands.
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
