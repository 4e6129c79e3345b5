"""The parts of an answer that can earn credit, for graders that read text: no pile, no rubric, no refuted belief."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from llmquiz.grading.points import integrity
from llmquiz.grading.score import Span
from llmquiz.grading.text.polarity import polarity
from llmquiz.grading.text.read import Reading, language, read

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import OpenQuestion
    from llmquiz.schema.texts import Text

MOST = 64
"""Sentences that are read at most."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the answer, or two that follow each other, without what earns nothing."""

    text: str
    spans: tuple[Span, ...]
    lang: Lang


def both(text: Text) -> tuple[str, str]:
    """A text in English and Chinese; in a deck of one language that one twice."""
    return text["en"], text["zh"]


def creditable(question: OpenQuestion, reading: Reading) -> frozenset[int]:
    """The clauses of an answer that can earn credit."""
    statements = [text for point in question.points for text in both(point.text)]
    dropped = integrity.blank(reading, both(question.prompt), statements) | polarity(reading).refuted_clauses
    return frozenset(token.clause for token in reading.tokens) - dropped


def passages(question: OpenQuestion, response: str) -> list[Passage]:
    """Every sentence that can earn credit, and every two in a row."""
    reading = read(response)
    allowed = creditable(question, reading)
    spans: dict[int, list[Span]] = {}
    last = -1
    for token in reading.tokens:
        if token.clause in allowed:
            start, end = reading.typed(token.start, token.end)
            listed = spans.setdefault(token.sentence, [])
            # Clauses in a row are one stretch; a gap is what earns nothing.
            if listed and token.clause <= last + 1:
                listed[-1] = Span(listed[-1].start, max(end, listed[-1].end))
            else:
                listed.append(Span(start, end))
            last = token.clause
    singles = [tuple(listed) for listed in spans.values()][:MOST]
    pairs = [(*first, *second) for first, second in pairwise(singles)]
    return [_passage(response, tokens) for tokens in (*singles, *pairs)]


def _passage(response: str, spans: tuple[Span, ...]) -> Passage:
    text = " … ".join(response[span.start : span.end] for span in spans)
    return Passage(text, spans, language(read(text)))


def quoted(question: OpenQuestion, response: str, quote: str) -> Span | None:
    """Where a quotation stands in the answer, word for word and in what can earn credit; at least two words."""
    reading = read(response)
    wanted = tuple(token.key for token in read(quote).tokens)
    allowed = creditable(question, reading)
    typed = tuple(token.key for token in reading.tokens)
    if len(wanted) < 2:  # one word proves nothing
        return None
    for place in range(len(typed) - len(wanted) + 1):
        if typed[place : place + len(wanted)] == wanted:
            matching = reading.tokens[place : place + len(wanted)]
            if all(token.clause in allowed for token in matching):
                return Span(*reading.typed(matching[0].start, matching[-1].end))
    return None
