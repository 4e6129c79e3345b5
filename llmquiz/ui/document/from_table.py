"""A comparison table as blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from llmquiz.messages.ui import Words
from llmquiz.ui.document.blocks import Cell, Comparison, Reason

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema import questions


def comparison(entry: questions.Table, words: Words, asked: str = "", hidden: Collection[str] = ()) -> Comparison:
    """A table; `asked` is `row.column` of the cell that was asked.

    While some cells are `hidden`, it is the row that was asked, without them; of a table of which none was asked, the
    rows that hide nothing.
    """
    lang = words.lang

    def cell(row: questions.Row, column: str) -> Cell:
        # A table with an empty cell is a fault of `check`, but it loads, and the rest of it can be read.
        name = f"{row.id}.{column}"
        if name in hidden:
            return Cell("?")
        shown = row.cells.get(column)
        remark = words("show.contested") if shown and shown.contested else ""
        return Cell(shown.text[lang] if shown else "–", remark, asked == name)

    def seen(row: questions.Row) -> bool:
        if asked:
            return not hidden or asked in {f"{row.id}.{column.id}" for column in entry.columns}
        return all(f"{row.id}.{column.id}" not in hidden for column in entry.columns)

    rows = (
        (Cell(row.text[lang]), *(cell(row, column.id) for column in entry.columns)) for row in entry.rows if seen(row)
    )
    return Comparison(entry.title[lang], ("", *(column.text[lang] for column in entry.columns)), tuple(rows))


def reasons(entry: questions.Table, lang: Lang) -> Iterator[Reason]:
    """The reason of each cell that has one."""
    for row in entry.rows:
        for column in entry.columns:
            cell = row.cells.get(column.id)
            if cell and cell.why:
                name = f"{entry.id}.{row.id}.{column.id}"
                yield Reason(row.text[lang], column.text[lang], name, cell.why[lang])
