"""A cell of a table, by any of its accepted phrasings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.points.style import words_at
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.phrasings import Index
from llmquiz.grading.text.read import MOST, read

if TYPE_CHECKING:
    from llmquiz.schema.questions import Cell


def grade_cell(cell: Cell, response: str, lang: str, *, glossary: Glossary) -> Score:
    """A table cell: any of its accepted phrasings, not denied; the cell's own words count too."""
    reading = read(response)
    if not reading.tokens:
        return single(PointState.missing)
    index = Index.of(reading, glossary)
    # In a phrasing these two have a meaning; in the text of a cell they have none.
    own = [re.sub(r"[+/]", " ", text) for text in (cell.text.en, cell.text.zh) if text]
    hits = list(index.hits((*cell.accept.en, *cell.accept.zh, *own)))
    meant = next((hit for hit in hits if not hit.denied), None)
    if meant:
        return single(PointState.met, words_at(index, meant.ranges)[0])
    if hits:
        return single(PointState.contradicted, words_at(index, hits[0].ranges)[0])
    return single(PointState.missing, response.strip()[:MOST])
