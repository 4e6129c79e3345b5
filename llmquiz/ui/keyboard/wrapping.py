"""An editor's lines broken as they are when printed: between words, and not before 。 or after （.

prompt_toolkit breaks a line where its last cell is full, in the middle of a word (its issue 1648). Spaces that stand on
the screen only, and not in the text, push a word that does not fit to the next line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments
from rich.cells import cell_len

from llmquiz.ui.document.prose import line_starts

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer

PROMPT = 2
"""Cells before each line."""


class WordWrap(Processor):
    """Breaks the lines of an editor between words."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        fragments = explode_text_fragments(transformation_input.fragments)
        plain = "".join(text for _, text, *_ in fragments)
        room = transformation_input.width - PROMPT
        shown = list(fragments[:0])
        places = []  # of each character on the screen
        for start, end in rows(plain, room):
            used = 0
            for place in range(start, end):
                size = cell_len(plain[place])
                places.append(len(shown))
                # Spaces that hang over the edge are not shown.
                if used + size <= room or not plain[place].isspace():
                    shown.append(fragments[place])
                    used += size
            if end < len(plain):
                shown += [("", " ")] * (room - used)
        places.append(len(shown))

        def source(display: int) -> int:
            return max((n for n, place in enumerate(places) if place <= display), default=0)

        return Transformation(shown, lambda place: places[min(place, len(places) - 1)], source)


def rows(plain: str, room: int) -> Iterator[tuple[int, int]]:
    """Where each line on the screen begins and ends in a line of the text."""
    starts = line_starts(plain, max(room, 8))
    yield from zip(starts, [*starts[1:], len(plain)], strict=True)


def moved(buffer: Buffer, width: int, by: int) -> int:
    """The place of the cursor one line of the screen up (`by` -1) or down; where there is none, at the edge."""
    every = []
    base = 0
    for line in buffer.text.split("\n"):
        every += [(base + start, base + end) for start, end in rows(line, width - PROMPT)]
        base += len(line) + 1
    position, text = buffer.cursor_position, buffer.text
    here = max(n for n, (start, _) in enumerate(every) if start <= position)
    column = cell_len(text[every[here][0] : position])
    if not 0 <= here + by < len(every):
        return 0 if by < 0 else len(text)
    start, end = every[here + by]
    # The place after the last character belongs to the next line, unless the text ends or breaks there.
    last = end if end == len(text) or text[end] == "\n" else end - 1
    place = start
    while place < last and cell_len(text[start : place + 1]) <= column:
        place += 1
    return place
