"""The right answers on a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.language import Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.document import from_entry, from_table
from llmquiz.ui.document.comparison import ComparisonTable
from llmquiz.ui.document.prose import Indent, Prose, heading
from llmquiz.ui.document.screen import renderables

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schema.questions import Claim, Table


def answer(asked: QuestionRef, words: Words, depth: str) -> Iterator[RenderableType]:
    """What is right, and why; of what is not asked, its name and what it says."""
    document = from_entry.document(asked.entry, words, (depth,))
    yield from renderables([*([document.title] if document.title else []), *document.answer])
    if document.note:
        yield heading(words("back.remark"))
        yield Indent(Prose(document.note), 2)


def verdict(entry: Claim, words: Words, short: bool = False) -> Iterator[RenderableType]:
    """The verdict on a claim and what holds instead; unless `short`, the evidence."""
    yield from renderables(from_entry.verdict(entry, words) if short else from_entry.answer(entry, words))


def table(entry: Table, words: Words, highlight: str = "", hidden: Collection[str] = ()) -> RenderableType:
    """A comparison table; `highlight` is `row.column` of the cell that was asked, `hidden` are those still to come."""
    return ComparisonTable(from_table.comparison(entry, words, highlight, hidden))


def reasons(entry: Table, lang: Lang) -> Iterator[RenderableType]:
    """The reason of each cell that has one."""
    yield from renderables(from_table.reasons(entry, lang))
