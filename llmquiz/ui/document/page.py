"""Blocks of a report as one page: no script, no request; readable on a phone, in the dark and printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import assert_never

from llmquiz.language import Lang
from llmquiz.ui.document import plots, templates
from llmquiz.ui.document.blocks import Heading, ReportBlock
from llmquiz.ui.document.report_blocks import Bars, Grid, Line, Quote, TimeLine


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of the page: the macro that draws it, and what it draws."""

    macro: str
    block: object
    plot: object = None


Section = tuple[Element, ...]


def page(blocks: Iterable[ReportBlock], lang: Lang, title: str) -> str:
    """The whole page."""
    template = templates.environment(Path(__file__).parent).get_template("report.html.jinja")
    opening, *sections = _sections(blocks)
    # Browsers and readers choose glyphs and voice by it; plain zh leaves the script open.
    code = "zh-Hans" if lang == "zh" else "en"
    html = template.render(lang=code, title=title, opening=opening, sections=sections)
    return html.strip() + "\n"


def _sections(blocks: Iterable[ReportBlock]) -> list[Section]:
    """What stands before the first section, then the sections; the lines of a list are gathered."""
    sections: list[list[Element]] = [[]]
    for listed, run in groupby(blocks, _is_item):
        if listed:
            sections[-1].append(Element("items", tuple(run)))
            continue
        for block in run:
            # A plot carries its own title, so it opens a section as a heading does.
            if isinstance(block, Bars | TimeLine) or (isinstance(block, Heading) and block.level == 2):
                sections.append([])
            sections[-1].append(element(block))
    return [tuple(section) for section in sections]


def _is_item(block: ReportBlock) -> bool:
    return isinstance(block, Line) and block.listed


def element(block: ReportBlock) -> Element:
    """A block as it is drawn."""
    match block:
        case Heading():
            return Element("heading", block)
        case Line():
            return Element("line", block)
        case Quote():
            return Element("quote", block)
        case Bars():
            return Element("bars", block, plots.bars(block))
        case TimeLine():
            return Element("time_line", block, plots.time_line(block))
        case Grid():
            return Element("grid", block)
        case _:
            assert_never(block)
