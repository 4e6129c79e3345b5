"""Comparison tables: never wider than the console, and no word broken while there is room."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schema.questions import Table
from llmquiz.ui.document import answers, comparison
from tests.interview.candidates import content


def drawn(table: Table, lang: Lang, width: int) -> str:
    """The table as it stands on a console of that width."""
    console = Console(file=io.StringIO(), width=width, no_color=True)
    console.print(answers.table(table, Words(lang)))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def shipped() -> dict[str, Table]:
    """Every table of the shipped content."""
    entries = {asked.id: asked.entry for asked in content()[0].entries("table")}
    return {name: entry for name, entry in entries.items() if isinstance(entry, Table)}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_table_is_wider_than_the_console(lang: Lang, width: int) -> None:
    lines = [(name, line) for name, table in shipped().items() for line in drawn(table, lang, width).splitlines()]
    assert len(lines) > 100
    assert [(name, line) for name, line in lines if cell_len(line) > width] == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_long_term_is_not_broken_at_80_columns(lang: Lang) -> None:
    shown = drawn(shipped()["decoder-only/three-architectures"], lang, 80).lower()
    for word in ("encoder-decoder", "modernbert"):
        assert word in shown
    if lang == "en":
        assert "classification" in shown


@pytest.mark.parametrize(
    ("longest", "room", "widths"),
    [
        ([3, 3], 45, [20, 20]),
        ([15, 4, 4, 4], 48, [15, 8, 8, 8]),
        ([30, 4], 45, [20, 20]),
        ([4, 16, 16], 31, [4, 10, 10]),
        ([9, 16, 16], 36, [9, 10, 10]),
    ],
)
def test_each_column_gets_its_longest_word_then_an_equal_share(
    longest: list[int], room: int, widths: list[int]
) -> None:
    assert comparison._widths(longest, room) == widths
    assert sum(widths) + 2 * len(widths) + 1 <= room
