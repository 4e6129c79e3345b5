"""Lines that fit a screen: each piece gets its least, and what is left goes round in turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from llmquiz.ui.document.prose import wrap


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that may be cut: the fewer lines it is given, the sooner it ends in an ellipsis."""

    text: Text
    first: str = ""
    """Before its first line; the others are indented as far."""
    least: int = 1
    """Lines that it has in any case; 0 for what is left out where there is no room."""
    turn: int = 9
    """When it grows: those of a lower turn are whole before those of a higher one get anything."""
    style: str = ""
    """Of what stands before its first line."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Pieces in at most `rows` lines; all of them, whole, where it is None."""

    pieces: Sequence[Piece]
    rows: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        wrapped = [wrap(piece.text, max(width - cell_len(piece.first), 8)) for piece in self.pieces]
        room = self.rows if self.rows is not None else sum(map(len, wrapped))
        for piece, lines, count in zip(self.pieces, wrapped, shares(self.pieces, wrapped, room), strict=True):
            shown = lines[:count]
            if 0 < count < len(lines):
                shown[-1] = _ending(shown[-1], max(width - cell_len(piece.first), 8))
            for number, line in enumerate(shown):
                start = Text(" " * cell_len(piece.first)) if number else Text(piece.first, piece.style)
                yield Text.assemble(start, line)


def shares(pieces: Sequence[Piece], wrapped: Sequence[Sequence[Text]], room: int) -> list[int]:
    """How many of its lines each piece has in `room` lines."""
    given = [0] * len(pieces)
    by_turn = sorted(range(len(pieces)), key=lambda n: pieces[n].turn)
    # Where not even the least fits, what would grow last goes first.
    room = _hand_out(given, by_turn, [min(piece.least, len(w)) for piece, w in zip(pieces, wrapped, strict=True)], room)
    for turn in sorted({piece.turn for piece in pieces}):
        waiting = [n for n in by_turn if pieces[n].turn == turn]
        for most in range(1, max((len(wrapped[n]) for n in waiting), default=0) + 1):
            wanted = [max(given[n], min(most, len(wrapped[n]))) if n in waiting else g for n, g in enumerate(given)]
            room = _hand_out(given, waiting, wanted, room)
    return given


def _hand_out(given: list[int], order: Iterable[int], wanted: Sequence[int], room: int) -> int:
    """Bring each of `order` to the lines that it wants while there is room; the room that is left."""
    for n in order:
        more = min(wanted[n] - given[n], room)
        given[n] += more
        room -= more
    return room


def _ending(line: Text, width: int) -> Text:
    """A line that says that it goes on."""
    shorter = wrap(line, max(width - 2, 8))[0]  # no word is cut
    return shorter.append(" …")
