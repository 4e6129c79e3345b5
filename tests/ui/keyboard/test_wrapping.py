"""An editor's lines are broken as printed lines are, and the cursor moves by what is seen."""

from __future__ import annotations

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import TransformationInput
from rich.cells import cell_len

from llmquiz.ui.keyboard.wrapping import PROMPT, WordWrap, moved, rows

WIDTH = 22
"""20 cells beside the prompt."""
LINES = {
    "one stack of layers beside another": ["one stack of layers ", "beside another"],
    "每个token都有loss，效率高；而且可以复用（前缀）": ["每个token都有loss，", "效率高；而且可以复用", "（前缀）"],
    "supercalifragilisticexpialidocious": ["supercalifragilistic", "expialidocious"],
    "": [""],
}


def displayed(text: str) -> tuple[list[str], list[int]]:
    """The lines that stand on a screen that breaks where its last cell is full, and the place of each character."""
    shown = WordWrap().apply_transformation(
        TransformationInput(BufferControl(), Document(text), 0, lambda i: i, [("", text)], WIDTH, 10)
    )
    whole = "".join(fragment[1] for fragment in shown.fragments)
    lines, used = [""], 0
    for character in whole:
        if used + cell_len(character) > WIDTH - PROMPT:
            lines.append("")
            used = 0
        lines[-1] += character
        used += cell_len(character)
    places = [shown.source_to_display(n) for n in range(len(text) + 1)]
    assert [shown.display_to_source(place) for place in places][: len(text)] == list(range(len(text)))
    return lines, places


@pytest.mark.parametrize(("text", "lines"), LINES.items())
def test_words_stay_whole_and_punctuation_stays_with_them(text: str, lines: list[str]) -> None:
    assert [text[start:end] for start, end in rows(text, WIDTH - PROMPT)] == lines
    assert [line.rstrip() for line in displayed(text)[0]] == [line.rstrip() for line in lines]


def test_each_character_has_its_place() -> None:
    text = "one stack of layers beside another"
    whole = "".join(displayed(text)[0])
    assert [whole[place] for place in displayed(text)[1][:-1]] == list(text)


def cursor(text: str, position: int, by: int) -> int:
    return moved(Buffer(document=Document(text, position)), WIDTH, by)


def test_the_cursor_moves_by_what_is_seen() -> None:
    text = "one stack of layers beside another\nand more"
    assert cursor(text, 24, -1) == 4  # "besi|de" -> "one |stack"
    assert cursor(text, 4, 1) == 24
    assert cursor(text, 19, 1) == 34  # the line below is shorter: its end
    assert cursor(text, 35, -1) == 20
    assert cursor("效率高；而且可以复用缓存", 2, 1) == 12  # by cells, two a character; the end of the text


def test_at_the_edge_the_cursor_goes_to_the_end_of_the_text() -> None:
    text = "one stack of layers beside another"
    assert (cursor(text, 4, -1), cursor(text, 24, 1)) == (0, len(text))
