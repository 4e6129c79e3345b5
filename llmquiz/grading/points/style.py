"""Remarks apart from the score: absolute wording, inaccurate terms, no example, no limits, length."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmquiz.grading import calibration
from llmquiz.grading.score import Remark, Span
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.phrasings import Index
from llmquiz.grading.text.read import Reading, is_han

if TYPE_CHECKING:
    from llmquiz.schema.questions import Term


def remarks(index: Index, lang: str, seconds: int | None) -> tuple[Remark, ...]:
    """What to say about the manner of an answer; `seconds` is the time that was asked for."""
    folded = index.reading.folded
    noticed = []
    if absolute := absolutes(index.reading):
        noticed.append(Remark("absolute", index.reading.text[absolute[0].start : absolute[0].end], absolute[:1]))
    if len(index.reading.tokens) >= calibration.REMARKS_FROM:
        noticed += [Remark("no-example")] if not pattern("example").search(folded) else []
        noticed += [Remark("no-limits")] if not pattern("limits").search(folded) else []
    if seconds:
        time = _seconds(index)
        noticed += [Remark("too-long")] if time > calibration.TOO_LONG * seconds else []
        noticed += [Remark("too-short")] if time < calibration.TOO_SHORT * seconds else []
    elif index.reading.cut_short:
        noticed.append(Remark("too-long"))
    return tuple(noticed)


def absolutes(reading: Reading) -> tuple[Span, ...]:
    """Absolute words that are meant: neither denied nor the plain statement of a mechanism."""
    folded = reading.folded
    return tuple(
        Span(*reading.typed(*match.span()))
        for match in pattern("absolute").finditer(folded)
        if not pattern("absolute-denied").search(folded[max(0, match.start() - 48) : match.start()])
        and not pattern("absolute-harmless").match(folded[match.start() :])
    )


def absolute_words(reading: Reading) -> list[str]:
    """Those words as they were typed, each once."""
    return list(dict.fromkeys(reading.text[span.start : span.end] for span in absolutes(reading)))


def terms_used(index: Index, terms: Iterable[Term]) -> tuple[Remark, ...]:
    """Inaccurate terms that the answer uses in earnest."""
    noticed = []
    for term in terms:
        for form in (*term.wrong.en, *term.wrong.zh):
            hit = next((hit for hit in index.find_text(form) if not index.denies(hit[0])), None)
            if hit:
                noticed.append(Remark(term.id, *words_at(index, [hit])))
                break
    return tuple(noticed)


def words_at(index: Index, ranges: Iterable[tuple[int, int]]) -> tuple[str, tuple[Span, ...]]:
    """The words of the answer at ranges of tokens, and where they were typed."""
    reading = index.reading
    spans: list[Span] = []
    for start, end in sorted(set(ranges)):
        at, to = reading.typed(reading.tokens[start].start, reading.tokens[end - 1].end)
        # Neighbours with no more than a blank between them are shown as one.
        if spans and at <= spans[-1].end + (not reading.text[spans[-1].end : at].strip()):
            spans[-1] = Span(spans[-1].start, max(to, spans[-1].end))
        else:
            spans.append(Span(at, to))
    return " … ".join(reading.text[span.start : span.end] for span in spans), tuple(spans)


def _seconds(index: Index) -> float:
    han = sum(is_han(token.key) for token in index.reading.tokens)
    return (
        han / calibration.SPOKEN_A_SECOND["zh"] + (len(index.reading.tokens) - han) / calibration.SPOKEN_A_SECOND["en"]
    )
