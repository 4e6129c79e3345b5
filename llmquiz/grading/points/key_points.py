"""Open answers: the reader beside each statement of a question, and what the rules of the house make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from llmquiz.grading.points import integrity
from llmquiz.grading.reader import judging
from llmquiz.grading.reader.judging import Read, Reader
from llmquiz.grading.score import PointScore, PointState, Remark, Span
from llmquiz.grading.text.read import Reading, language, read

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import KeyPoint, Misconception
    from llmquiz.schema.texts import Text


def grade_points(
    points: Sequence[KeyPoint],
    misconceptions: Sequence[Misconception],
    response: str,
    *,
    prompt: Text | None = None,
    hinted: frozenset[str] = frozenset(),
) -> tuple[tuple[PointScore, ...], tuple[Remark, ...]]:
    """The verdict on each point, and the misconceptions found."""
    reading = read(response)
    lang, reader = language(reading), judging.reader()
    earning = _earning(reading, both_languages(prompt) if prompt else (), points)
    entries: list[KeyPoint | Misconception] = [*points, *misconceptions]
    statements = [statements_of(entry, lang) for entry in entries]
    flat = list(dict.fromkeys(text for texts in statements for text in texts))
    reads = dict(zip(flat, reader.read(prompt[lang] if prompt else "", earning, flat), strict=True))
    best = {
        entry.id: max(((text, reads[text]) for text in texts), key=lambda pair: _says(reader, pair[1]))
        for entry, texts in zip(entries, statements, strict=True)
    }
    states = {point.id: reader.judged(response, *best[point.id]) for point in points}
    met = {id: _words(response, best[id][1])[1] for id, state in states.items() if state is PointState.met}
    # Misconceptions first: who holds one contradicts the points that it denies.
    believed = {
        wrong.id: Remark(wrong.id, *_words(response, best[wrong.id][1]))
        for wrong in misconceptions
        if reader.thresholds.believed(best[wrong.id][1].evidence)
    }
    believed = {
        wrong.id: believed[wrong.id]
        for wrong in misconceptions
        if wrong.id in believed
        and not _taken_back(believed[wrong.id].spans, [met[id] for id in wrong.contradicts if id in met])
    }
    denied = {id for wrong in misconceptions if wrong.id in believed for id in wrong.contradicts}
    scores = []
    for point in points:
        state = states[point.id]
        if point.id in denied and state is not PointState.met:
            state = PointState.contradicted
        words = ("", ()) if state is PointState.missing else _words(response, best[point.id][1])
        scores.append(PointScore(point.id, state, *words, weight=point.weight, hinted=point.id in hinted))
    return tuple(scores), tuple(believed.values())


def _taken_back(spans: Sequence[Span], right: Sequence[Sequence[Span]]) -> bool:
    """Whether the words taken for a misconception say the very point that it denies, or no words were found for it."""
    said_rightly = [span for words in right for span in words]
    return bool(right) and (not spans or any(a.start < b.end and b.start < a.end for a in spans for b in said_rightly))


def statements_of(entry: KeyPoint | Misconception, lang: Lang) -> list[str]:
    """The statement of a point or a misconception, and what its author wrote to say the same."""
    return [entry.text[lang], *entry.also[lang]]


def _earning(reading: Reading, prompts: Iterable[str], points: Sequence[KeyPoint]) -> str:
    """The answer with blanks in the place of what earns nothing."""
    statements = [text for point in points for text in both_languages(point.text)]
    blank = integrity.blank(reading, prompts, statements)
    letters = list(reading.text)
    for token in reading.tokens:
        if token.clause in blank:
            start, end = reading.typed(token.start, token.end)
            letters[start:end] = " " * (end - start)
    return "".join(letters)


def _says(reader: Reader, read: Read) -> float:
    says, partly, *_ = reader.thresholds.points(read.evidence)
    return says + partly / 2


def _words(response: str, read: Read) -> tuple[str, tuple[Span, ...]]:
    span = read.span
    return response[span.start : span.end], (span,) if span.end > span.start else ()


def both_languages(text: Text) -> tuple[str, str]:
    """A text in English and Chinese; in a deck of one language that one twice."""
    return text["en"], text["zh"]
