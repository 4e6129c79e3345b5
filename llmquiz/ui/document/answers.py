"""The right answers: a model answer, a verdict, a table, a reference, as renderables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table as RichTable
from rich.text import Text as RichText

from llmquiz.language import Lang
from llmquiz.messages.ui import Words
from llmquiz.schema.questions import (
    CellQuestion,
    ChoiceQuestion,
    Claim,
    CodeQuestion,
    NumberFact,
    OpenQuestion,
    OrderQuestion,
    PredictionQuestion,
    Row,
    Table,
    Term,
)
from llmquiz.schema.topics import Interview, ReferenceEntry, Technique
from llmquiz.ui.document.prose import Indent, Prose, Styled, inline
from llmquiz.ui.document.show import code, heading

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef


def answer(asked: QuestionRef, words: Words, depth: str) -> Iterator[RenderableType]:  # noqa: C901  (a line a kind)
    """What is right, and why."""
    entry, lang = asked.entry, words.lang
    match entry:
        case OpenQuestion():
            yield from model_answer(entry, words, depth)
        case ChoiceQuestion() | CodeQuestion():
            yield from _options(entry, words)
        case OrderQuestion():
            yield heading(words("back.right-answer"))
            yield from (Styled(inline(step[lang]), f"  {n}. ") for n, step in enumerate(entry.steps, 1))
            yield from _why(entry.why[lang] if entry.why else "", words)
        case NumberFact():
            yield from _right(f"{number(entry.value)} {entry.unit[lang]}", words)
            yield from _why(entry.why[lang], words)
        case Term():
            yield from _term(entry, words)
        case Claim():
            yield from verdict(entry, words)
        case CellQuestion():
            yield from _right(entry.cell.text[lang], words)
            yield from _why(entry.cell.why[lang] if entry.cell.why else "", words)
        case PredictionQuestion():
            yield from _why(entry.why[lang], words)
        case Table():
            yield table(entry, words)
        case ReferenceEntry():
            yield from reference(entry, words)
        case Technique():
            yield from technique(entry, words)
        case Interview():
            yield from interview(entry, words)
        case _:
            assert_never(entry)
    if not isinstance(entry, CellQuestion) and entry.note:
        yield heading(words("back.remark"))
        yield Indent(Prose(entry.note[lang]), 2)


def number(value: float) -> str:
    """A number as people write it: 175,000,000,000 and 3.14e+23."""
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-3:
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) or value != int(value) else f"{int(value):,}"


def _right(text: str, words: Words) -> Iterator[RenderableType]:
    yield heading(words("back.right-answer"))
    yield Indent(Prose(text), 2)


def _why(text: str, words: Words) -> Iterator[RenderableType]:
    if text:
        yield heading(words("back.why"))
        yield Indent(Prose(text), 2)


def model_answer(entry: OpenQuestion, words: Words, depth: str) -> Iterator[RenderableType]:
    """The answer at one depth; the full one section by section, each with its time."""
    lang, answers = words.lang, entry.answers
    if depth == "full" and answers.full:
        yield heading(words("back.model", depth=words("depth.full"), seconds=answers.full.seconds))
        for section in answers.full.sections:
            title = RichText(section.title[lang], style="bold cyan").append(f"  {section.seconds} s", "dim")
            yield Indent(Styled(title), 2, top=1)
            yield Indent(Prose(section.text[lang]), 2)
        return
    depth = "one-line" if depth == "one-line" else "one-minute"
    chosen = answers.one_line if depth == "one-line" else answers.one_minute
    yield heading(words("back.model", depth=words(f"depth.{depth}"), seconds=chosen.seconds))
    yield Indent(Prose(chosen.text[lang]), 2)


def _options(entry: ChoiceQuestion | CodeQuestion, words: Words) -> Iterator[RenderableType]:
    lang = words.lang
    for option in sorted(entry.options, key=lambda option: not option.right):
        sign, style = ("✓", "green") if option.right else ("✗", "dim")
        yield Indent(Styled(inline(option.text[lang], style), f"{sign} "), 2, top=1 if option.right else 0)
        if option.why:
            yield Indent(Prose(option.why[lang], "" if option.right else "dim"), 4)
    if isinstance(entry, CodeQuestion):
        yield heading(words("show.right-code"))
        yield code(entry.right)
        yield from _why(entry.why[lang], words)


def _term(entry: Term, words: Words) -> Iterator[RenderableType]:
    right = entry.right[words.lang]
    yield from _right(f"**{right[0]}**" if right else "", words)
    if right[1:]:
        yield Indent(Styled(RichText(f"{words('show.accepted')}: {', '.join(right[1:])}", style="dim")), 2)
    if entry.verdict != "sound":
        yield Indent(Styled(_verdict_text(entry.verdict, words)), 2)
    yield from _why(entry.why[words.lang], words)


_VERDICT_STYLE = {
    "sound": "green",
    "imprecise": "yellow",
    "contested": "magenta",
    "wrong": "red",
    "unverifiable": "blue",
}


def _verdict_text(name: str, words: Words) -> RichText:
    return RichText(words(f"verdict.{name}"), style=f"bold {_VERDICT_STYLE[name]}")


def verdict(entry: Claim, words: Words, short: bool = False) -> Iterator[RenderableType]:
    """The verdict on a claim, what holds instead, and the evidence."""
    line = RichText(f"{words('back.verdict')}: ").append_text(_verdict_text(entry.verdict, words))
    line.append(f"  ({words(f'show.says.{entry.says}')}", "dim")
    line.append((", " + words("back.as-of", date=entry.date) if entry.date else "") + ")", "dim")
    yield ""
    yield Styled(line)
    yield heading(words("back.holds"))
    yield Indent(Prose(entry.right[words.lang]), 2)
    if not short:
        yield from _why(entry.why[words.lang], words)


LONGEST = 16
"""Cells that a column may claim for one word, so that a term such as encoder-decoder is not broken."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A comparison table as wide as the console, whose words are broken only where there is no room for them."""

    entry: Table
    words: Words
    highlight: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lang = self.words.lang
        heads = ["", *(column.text[lang] for column in self.entry.columns)]
        rows = [[row.text[lang], *(cell.plain for cell in self._cells(row))] for row in self.entry.rows]
        longest = [max(map(_longest_word, texts)) for texts in zip(heads, *rows, strict=True)]
        shown = RichTable(
            box=box.SIMPLE_HEAD,
            title=self.entry.title[lang],
            title_style="bold",
            title_justify="left",
            padding=(0, 1, 0, 0),
        )
        for head, width in zip(heads, _widths(longest, options.max_width), strict=True):
            shown.add_column(Styled(RichText(head)), style="" if head else "bold", width=width, overflow="fold")
        for row in self.entry.rows:
            shown.add_row(Styled(inline(row.text[lang])), *map(Styled, self._cells(row)))
        yield shown

    def _cells(self, row: Row) -> list[RichText]:
        cells = []
        for column in self.entry.columns:
            cell = row.cells.get(column.id)
            text = inline(cell.text[self.words.lang]) if cell else RichText("–")
            if cell and cell.contested:
                text.append(f" [{self.words('show.contested')}]", "magenta")
            if self.highlight == f"{row.id}.{column.id}":
                text.stylize("bold green")
            cells.append(text)
        return cells


def _widths(longest: Sequence[int], room: int) -> list[int]:
    """Cells of each column: its longest word where there is room for that, then an equal share of the rest."""
    room -= 2 * len(longest) + 1  # gaps and edges
    head = min(longest[0], LONGEST)
    fits = (cap for cap in range(LONGEST, 1, -1) if head + sum(min(one, cap) for one in longest[1:]) <= room)
    cap = next(fits, 1)
    least = [head, *(min(one, cap) for one in longest[1:])]
    even = max(room // len(longest), 1)
    while sum(max(one, even) for one in least) > room and even > 1:
        even -= 1
    return [max(one, even) for one in least]


def table(entry: Table, words: Words, highlight: str = "") -> RenderableType:
    """A comparison table; `highlight` is `row.column` of the cell that was asked."""
    return Grid(entry, words, highlight)


def _longest_word(text: str) -> int:
    """Cells of the longest word of a text; Chinese may break anywhere."""
    return max(map(len, re.findall(r"[!-~]+", text)), default=1)


def reasons(entry: Table, lang: Lang) -> Iterator[RenderableType]:
    """The reason of each cell that has one."""
    for row in entry.rows:
        for column in entry.columns:
            cell = row.cells.get(column.id)
            if cell and cell.why:
                title = RichText(f"{row.text[lang]} · {column.text[lang]}", style="bold")
                yield Indent(Styled(title.append(f"  {entry.id}.{row.id}.{column.id}", "dim not bold")), 2, top=1)
                yield Indent(Prose(cell.why[lang]), 2)


def reference(entry: ReferenceEntry, words: Words) -> Iterator[RenderableType]:
    """A paper, book or blog with what to take from it."""
    yield Indent(Styled(RichText(entry.title[words.lang], style="bold")), 0, top=1)
    yield Indent(Prose(entry.what[words.lang]), 2)
    if entry.caveat:
        yield Indent(Prose(words("show.caveat", text=entry.caveat[words.lang])), 2)


def technique(entry: Technique, words: Words) -> Iterator[RenderableType]:
    """A piece of advice on how to answer."""
    seconds = f"  {entry.seconds} s" if entry.seconds else ""
    yield Indent(Styled(inline(entry.text[words.lang], "bold").append(seconds, "dim")), 0, top=1)
    yield Indent(Prose(entry.why[words.lang]), 2)
    if entry.example:
        yield Indent(Prose(words("show.example", text=entry.example[words.lang]), "italic"), 2)


def interview(entry: Interview, words: Words) -> Iterator[RenderableType]:
    """An interviewer and the course of the interview."""
    lang = words.lang
    yield Indent(Styled(RichText(entry.name[lang], style="bold")), 0, top=1)
    for text in (entry.manner, entry.cares, entry.irritated):
        yield Indent(Prose(text[lang]), 2)
    yield Indent(Prose(f"> {entry.opening[lang]}"), 2, top=1)
    for section in entry.sections:
        minutes = words("show.minutes", minutes=section.minutes)
        yield Indent(Styled(RichText(section.title[lang], style="cyan").append(f"  {minutes}", "dim")), 2, top=1)
        yield Indent(Styled(RichText(", ".join(section.ask), style="dim")), 4)
