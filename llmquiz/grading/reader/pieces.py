"""Texts as the reader takes them: numbers of pieces, the part that each belongs to, and where it stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

START, PAD, END = "<s>", "<pad>", "</s>"
BESIDE, ANSWER, FIRST_STATEMENT = 0, 1, 2
"""Segments: the prompt and the marks around texts, the answer, the first statement (the next is one more)."""
PARTS = 6
"""Parts of an answer that are read: some ten minutes of speech."""
LONGEST_PROMPT, LONGEST_ANSWER, LONGEST_STATEMENT = 40, 400, 80
"""Pieces; of a prompt and a statement what is longer is cut, an answer is read part by part."""
LONGEST = 20_000
"""Characters of an answer that are looked at."""
_BREAK = re.compile(r"[.!?。！？；;\n]")


class Pieces(NamedTuple):
    """A text by itself, a number, a segment and a place for each piece."""

    ids: list[int]
    segments: list[int]
    offsets: list[tuple[int, int]]
    """Characters from and to; (0, 0) for what is not of the answer."""


def answered(tokenizer: Tokenizer, prompt: str, answer: str) -> Iterator[Pieces]:
    """A prompt with an answer to it, or with one part of a long answer after the other."""
    start, end = _marks(tokenizer)
    before = [start, *_encoded(tokenizer, prompt).ids[:LONGEST_PROMPT], end]
    whole = _encoded(tokenizer, answer[:LONGEST])
    for first, last in islice(_parts(answer, whole), PARTS):
        read = whole.ids[first:last]
        yield Pieces(
            [*before, *read, end],
            [BESIDE] * len(before) + [ANSWER] * len(read) + [BESIDE],
            [(0, 0)] * len(before) + whole.offsets[first:last] + [(0, 0)],
        )


def stated(tokenizer: Tokenizer, statement: str) -> Pieces:
    """A statement, as if it were the first."""
    start, end = _marks(tokenizer)
    ids = [start, *_encoded(tokenizer, statement).ids[:LONGEST_STATEMENT], end]
    return Pieces(ids, [FIRST_STATEMENT] * len(ids), [(0, 0)] * len(ids))


def _parts(answer: str, whole: Encoding) -> Iterator[tuple[int, int]]:
    """Where the parts of an answer begin and end, in pieces: each ends with a sentence where one ends late enough."""
    first, size = 0, len(whole.ids)
    while size - first > LONGEST_ANSWER:
        last = first + LONGEST_ANSWER
        ends = (at for at in range(last, first + LONGEST_ANSWER // 2, -1) if _ends(answer, whole.offsets[at - 1]))
        last = next(ends, last)
        yield first, last
        first = last
    yield first, size


def _marks(tokenizer: Tokenizer) -> tuple[int, int]:
    start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
    assert start is not None
    assert end is not None
    return start, end


def _ends(answer: str, offsets: tuple[int, int]) -> bool:
    return bool(_BREAK.search(answer, *offsets))


def _encoded(tokenizer: Tokenizer, text: str) -> Encoding:
    return tokenizer.encode(text, add_special_tokens=False)
