"""A comparison table as blocks."""

from __future__ import annotations

import typing

from llmquiz.messages.ui import Words
from llmquiz.schema.questions import Table
from llmquiz.ui.document.blocks import Cell
from llmquiz.ui.document.from_table import comparison
from tests.entries import SAMPLES

TABLE = typing.cast("Table", SAMPLES["table"])


def test_the_cell_that_was_asked_is_marked() -> None:
    (row,) = comparison(TABLE, Words("en"), "encoder.sees").rows
    assert row == (Cell("encoder"), Cell("both sides", marked=True), Cell("vectors | states", "contested"))


def test_a_cell_that_is_not_there_is_a_dash() -> None:
    (row,) = TABLE.rows
    short = TABLE.model_copy(update={"rows": [row.model_copy(update={"cells": {"sees": row.cells["sees"]}})]})
    assert comparison(short, Words("en")).rows[0][2] == Cell("–")


def test_while_cells_are_to_come_only_the_row_asked_is_seen_and_without_them() -> None:
    (row,) = TABLE.rows
    two = TABLE.model_copy(update={"rows": [row, row.model_copy(update={"id": "decoder"})]})
    assert len(comparison(two, Words("en"), "encoder.sees").rows) == 2
    (seen,) = comparison(two, Words("en"), "encoder.sees", {"encoder.makes", "decoder.sees"}).rows
    assert [cell.text for cell in seen] == ["encoder", "both sides", "?"]
    # beside a question that asked none of its cells, the rows that hide nothing
    (seen,) = comparison(two, Words("en"), hidden={"decoder.sees"}).rows
    assert [cell.text for cell in seen] == ["encoder", "both sides", "vectors | states"]
