"""What fits a screen: nothing more than its lines, what matters first."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.text import Text

from llmquiz.ui.document.fitting import Fitted, Piece

LONG = "a long text of more than one line " * 3


def shown(pieces: list[Piece], rows: int | None, width: int = 40) -> list[str]:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(Fitted(pieces, rows))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_where_there_is_room_everything_is_whole() -> None:
    pieces = [Piece(Text("short")), Piece(Text(LONG), " 1. ")]
    assert "…" not in "".join(shown(pieces, None))
    assert shown(pieces, 20) == shown(pieces, None)
    assert shown(pieces, None)[1].startswith(" 1. a long")
    assert shown(pieces, None)[2].startswith("    ")


@pytest.mark.parametrize("rows", range(1, 12))
def test_never_more_lines_than_there_are(rows: int) -> None:
    pieces = [Piece(Text(LONG), f"{n}. ", least=n % 2, turn=n % 3) for n in range(6)]
    lines = shown(pieces, rows)
    assert len(lines) == min(rows, len(shown(pieces, None)))
    assert all(len(line) <= 40 for line in lines)


def test_what_has_the_lower_turn_grows_first() -> None:
    first, last = Piece(Text(LONG), turn=1), Piece(Text(LONG), turn=2)
    lines = shown([last, first], 4)
    assert lines[0].endswith("…")
    assert lines[1:] == shown([first], None)


def test_those_of_one_turn_grow_together() -> None:
    lines = shown([Piece(Text(LONG), "a "), Piece(Text(LONG), "b ")], 4)
    assert [line[0] for line in lines] == ["a", " ", "b", " "]
    assert [line.endswith("…") for line in lines] == [False, True, False, True]


def test_what_needs_no_line_goes_first_where_there_is_none() -> None:
    pieces = [Piece(Text("score")), Piece(Text("remark"), least=0), Piece(Text("next"))]
    assert shown(pieces, 2) == ["score", "next"]
    assert shown(pieces, 3) == ["score", "remark", "next"]


def test_no_word_is_cut() -> None:
    (line,) = shown([Piece(Text("causal decoders were the best at zero-shot"))], 1, width=30)
    assert line == "causal decoders were the …"
