"""Curves in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from llmquiz.demos.lab.curves import Curves, Series
from llmquiz.demos.lab.terminal import curves


def lines(renderable: object) -> list[str]:
    console = Console(file=io.StringIO(), width=80, no_color=True)
    console.print(renderable)
    return console.file.getvalue().rstrip("\n").split("\n")  # type: ignore[attr-defined]


def crossing() -> Curves:
    return curves(
        [Series("up", (0, 10), (0, 4)), Series("下降", (0, 10), (4, 0))], x_label="x", y_label="y", width=30, height=5
    )


def test_curves_have_marks_axes_and_a_legend() -> None:
    drawn = lines(crossing())
    assert [line[:3] for line in drawn[1:6]] == ["4 │", "3 │", "2 │", "1 │", "0 │"]
    assert (drawn[1][3], drawn[1][-1], drawn[5][3], drawn[5][-1]) == ("o", "*", "*", "o")
    assert drawn[6:] == ["  └───────────────────────────", "   0           x            10", "   * up   o 下降"]
    braille = {character for line in drawn for character in line if 0x2800 < ord(character) <= 0x28FF}
    assert len(braille) > 5, "a line of dots is finer than cells"
    assert {cell_len(character) for character in braille} == {1}


def test_a_terminal_without_braille_gets_letters() -> None:
    drawn = crossing().drawn(plain=True).plain
    assert "4 |o..." in drawn
    assert drawn.replace("下降", "").isascii()


def test_each_curve_has_a_colour_of_its_own() -> None:
    spans = {
        crossing().drawn(plain=False).plain[span.start]: span.style for span in crossing().drawn(plain=False).spans
    }
    assert spans["*"] != spans["o"]


def test_a_long_curve_is_not_hidden_by_its_marks() -> None:
    points = [float(i) for i in range(200)]
    drawn = curves([Series("s", points, points)], x_label="x", y_label="y").drawn(plain=False).plain
    assert 1 < drawn.count("*") <= 11 + 1, "the one of the legend too"


def test_a_logarithmic_axis_spaces_powers_evenly() -> None:
    plot = curves(
        [Series("s", (1, 10, 100), (1, 10, 100))], x_label="x", y_label="y", width=40, height=9, log_x=True, log_y=True
    )
    marks = [(row, line.index("*")) for row, line in enumerate(lines(plot)[1:10]) if "*" in line]
    assert [row for row, _ in marks] == [0, 4, 8]
    columns = [column for _, column in marks]
    assert columns[0] - columns[1] == pytest.approx(columns[1] - columns[2], abs=1)


def test_one_point_and_equal_values_can_be_drawn() -> None:
    assert "*" in "\n".join(lines(curves([Series("s", (1,), (0,))], x_label="x", y_label="y")))
    assert "*" in "\n".join(lines(curves([Series("s", (1, 2), (3, 3))], x_label="x", y_label="y")))
