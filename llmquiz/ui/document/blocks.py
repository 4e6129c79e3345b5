"""A document as blocks, which a screen, a Markdown file and a page each show in their own way.

Text of a report is text; text of an entry is content's own Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmquiz.ui.document.report_blocks import Bars, Grid, Line, Quote, TimeLine
from llmquiz.ui.document.runs import Style


@dataclass(frozen=True, slots=True)
class Heading:
    """A title: level 1 is the document's, 4 and 5 are parts of an entry."""

    level: int
    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """The name of an entry."""

    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of an entry."""

    text: str
    label: str = ""
    """What it is; a document that is read from top to bottom does without."""
    style: Literal["", "key", "quote", "example"] = ""
    """A `key` is what the paragraph is about: it stands out where no label says so."""
    end: str = ""
    """What closes it where the paragraph goes on."""
    aside: str = ""
    """What a screen adds below it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a statement or a term stands."""

    verdict: str
    style: Style
    label: str = ""
    """Without one it is a remark on what stands before it."""
    says: str = ""
    """Who makes the statement."""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What a document sets in one paragraph; a screen gives each part a place of its own."""

    parts: tuple[Passage | Judgement, ...]


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code as it stands."""

    code: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice, with why it is right or wrong."""

    text: str
    right: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """Options, the right one marked."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps in their order."""

    steps: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A key point, with why it matters."""

    text: str
    why: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """Key points, numbered as the feedback numbers them."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A misconception, and what holds instead."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """Misconceptions."""

    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a comparison."""

    text: str
    remark: str = ""
    """That the evidence conflicts."""
    marked: bool = False
    """Whether it is the one that was asked."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison table; the first cell of a row says what the row is about."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell says what it says."""

    row: str
    column: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """A section of an interview: its length, and the questions that it chooses from."""

    title: str
    length: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoCommand:
    """The demo that measures what is said; a screen shows it below, with what it measured last."""

    demo: str


@dataclass(frozen=True, slots=True)
class Aside:
    """What is looked up on a screen, and left out of a document that is read from top to bottom."""

    blocks: tuple[EntryBlock, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A source."""

    authors: str
    year: int
    title: str
    arxiv: str = ""
    url: str = ""


ReportBlock = Heading | Line | Quote | Bars | TimeLine | Grid
EntryBlock = (
    Title
    | Heading
    | Paragraph
    | Snippet
    | Options
    | Steps
    | Points
    | Corrections
    | Comparison
    | Reason
    | Agenda
    | DemoCommand
    | Citation
    | Aside
)
Block = ReportBlock | EntryBlock
