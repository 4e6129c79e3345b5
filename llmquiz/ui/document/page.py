"""Blocks of a report as one page: no script, no request; readable on a phone, in the dark and printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from llmquiz.language import Lang
from llmquiz.ui.document import plots
from llmquiz.ui.document.blocks import Bars, Block, Grid, Heading, Line, Quote, Run, Runs, TimeLine


def page(blocks: Iterable[Block], lang: Lang, title: str) -> str:
    """The whole page."""
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    body = "\n".join(_elements(blocks))
    code = "zh-Hans" if lang == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _elements(blocks: Iterable[Block]) -> Iterator[str]:
    """Elements in order; the lines of a list are gathered, a question and what belongs to it is one section."""
    items: list[str] = []
    opened = False
    for block in blocks:
        if isinstance(block, Line) and (block.bullet or block.depth):
            items.append(_item(block))
            continue
        if items:
            yield f"<ul>{''.join(items)}</ul>"
            items = []
        if isinstance(block, Heading | Bars | TimeLine) and getattr(block, "level", 2) == 2:
            yield "</section><section>" if opened else "<section>"
            opened = True
        yield _element(block)
    if items:
        yield f"<ul>{''.join(items)}</ul>"
    if opened:
        yield "</section>"


def _element(block: Block) -> str:
    match block:
        case Heading():
            aside = f' <small class="aside">{escape(block.aside)}</small>' if block.aside else ""
            return f"<h{block.level}>{escape(block.text)}{aside}</h{block.level}>"
        case Line():
            return f"<p>{_runs(block.runs)}</p>"
        case Quote():
            return f"<blockquote>{_runs(block.runs)}</blockquote>"
        case Bars():
            return _figure(block.title, plots.bars(block), block.note)
        case TimeLine():
            return _figure(block.title, plots.time_line(block), block.note)
        case Grid():
            return _grid(block)


def _figure(title: str, svg: str, note: str) -> str:
    caption = f"<figcaption>{escape(note)}</figcaption>" if note else ""
    return f"<h2>{escape(title)}</h2><figure>{svg}{caption}</figure>"


def _item(line: Line) -> str:
    classes = f' class="depth{line.depth}"' if line.depth else ""
    bullet = f'<span class="bullet {line.style or "plain"}">{escape(line.bullet)}</span>' if line.bullet else ""
    return f"<li{classes}>{bullet}<span>{_runs(line.runs)}</span></li>"


def _runs(runs: Runs) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = escape(run.text).replace("\n", "<br>")
    match run.style:
        case "":
            return text
        case "code":
            return f"<code>{text}</code>"
        case "strong":
            return f"<strong>{text}</strong>"
        case "added":
            return f"<ins>{text}</ins>"
        case "dropped":
            return f"<del>{text}</del>"
        case other:
            return f'<span class="{other}">{text}</span>'


def _grid(block: Grid) -> str:
    head = "".join(f"<th>{escape(word)}</th>" for word in block.head)
    rows = "".join("<tr>" + "".join(f"<td>{_run(run)}</td>" for run in row) + "</tr>" for row in block.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
