"""A term: any accepted form; the form to avoid is contradicted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.points.style import words_at
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.phrasings import Index
from llmquiz.grading.text.read import fold, keys, read

if TYPE_CHECKING:
    from llmquiz.schema.questions import Term


def grade_term(term: Term, response: str, glossary: Glossary) -> Score:
    """Any accepted form is right; the form to avoid is contradicted."""
    written = keys(response[:400])
    if not written:
        return single(PointState.missing)
    index = Index.of(read(response[:400]), glossary)
    right = _named(index, (*term.right.en, *term.right.zh), spelt={_bare(f) for f in (*term.right.en, *term.right.zh)})
    wrong = _named(index, (*term.wrong.en, *term.wrong.zh), spelt=set())
    if right and not (wrong and _covers(wrong, right)):
        return single(PointState.met, words_at(index, [right])[0])
    if wrong:
        return single(PointState.contradicted, words_at(index, [wrong])[0])
    return single(PointState.missing, response.strip()[:400])


def _named(index: Index, forms: Iterable[str], spelt: set[str]) -> tuple[int, int] | None:
    """The longest range that reads one of the forms and is not denied."""
    # Spelt together or with hyphens it is the same term: KVcache, KV-cache.
    if _bare(index.reading.text) in spelt:
        return 0, len(index.reading.tokens)
    hits = [hit for form in forms for hit in index.find(keys(form) or ("",)) if not index.denies(hit[0])]
    return max(hits, key=lambda hit: hit[1] - hit[0], default=None)


def _covers(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    """A wrong form that holds the right one inside it is the wrong form."""
    return outer[0] <= inner[0] and inner[1] <= outer[1] and outer != inner


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text[:400])[0])
