"""Plots in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from llmquiz.demos.lab.terminal import bars, heat, side_by_side, table, titled

pytestmark = pytest.mark.demo


def lines(renderable: object) -> list[str]:
    console = Console(file=io.StringIO(), width=80, no_color=True)
    console.print(renderable)
    return console.file.getvalue().rstrip("\n").split("\n")  # type: ignore[attr-defined]


def test_bars_are_as_long_as_their_values() -> None:
    drawn = lines(bars([("双向", 1.0, "100 %"), ("causal", 0.5, "50 %"), ("none", 0.0, "0 %")], width=40))
    assert drawn == [f"双向   {'█' * 26} 100 %", f"causal {'█' * 13} 50 %", "none    0 %"]


def test_a_heat_map_shades_by_value_and_leaves_nothing_blank_but_zero() -> None:
    drawn = lines(heat([[1.0, 0.0], [0.3, 0.01]], rows=["深度", "b"]))
    assert [line.rstrip() for line in drawn] == ["         1 2", " 1 深度 ██", " 2 b    ▒▒░░"]


def test_a_table_keeps_to_80_columns_without_cutting() -> None:
    drawn = lines(table(["name", "value"], [["x" * 60, "1"], ["很长" * 15, "2"]]))
    assert max(cell_len(line) for line in drawn) <= 80
    assert "…" not in "".join(drawn)


def test_markup_in_words_is_text() -> None:
    assert "[bold]x" in "\n".join(lines(table(["[bold]x"], [["[/nothing]"]])))
    assert "[bold]" in "\n".join(lines(side_by_side(heat([[1.0]], rows=["[bold]"]))))


def test_what_lies_between_nothing_and_a_cell_is_drawn_in_eighths() -> None:
    assert lines(bars([("a", 16.0, ""), ("b", 1.0, ""), ("c", 0.001, "")], width=20))[1:] == ["b █ ", "c ▏ "]


def test_a_small_plot_stands_below_its_title() -> None:
    assert lines(titled("time", bars([("a", 1.0, "1 s")], width=20))) == ["time", f"a {'█' * 13} 1 s"]
