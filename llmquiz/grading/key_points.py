"""Open answers: each key point by its cues and its statement, then the question as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from llmquiz.grading import integrity, statements, style
from llmquiz.grading.cues import Hit, Index
from llmquiz.grading.glossary import Glossary
from llmquiz.grading.score import Found, PointScore, PointState, Score, value_of
from llmquiz.grading.text import read

if TYPE_CHECKING:
    from llmquiz.questions import KeyPoint, Misconception, OpenQuestion, Term, Text, Texts

MET, PARTLY = 0.31, 0.24
"""Fits of a statement that meet a point without cues."""
MET_BESIDE_CUES = 0.6
"""The same for a point whose cues were not found: its author said what meets it."""
BELIEVED, BELIEVED_BESIDE_CUES = 0.66, 0.85
"""Fits of a misconception's statement that betray the belief."""
_NOWHERE: tuple[tuple[int, int], ...] = ()


def grade_open(
    question: OpenQuestion,
    response: str,
    lang: str,
    *,
    glossary: Glossary,
    hinted: frozenset[str] = frozenset(),
    terms: Iterable[Term] = (),
    seconds: int | None = None,
) -> Score:
    """The Score of a typed answer; `seconds` is the time that was asked for."""
    prompts = _both(question.prompt)
    points, misconceptions, index = grade_points(
        question.points, question.misconceptions, response, glossary=glossary, prompts=prompts, hinted=hinted
    )
    return Score(
        value_of(points),
        points,
        misconceptions,
        style.terms_used(index, terms),
        style.remarks(index, lang, seconds),
    )


def grade_points(
    points: Sequence[KeyPoint],
    misconceptions: Sequence[Misconception],
    response: str,
    *,
    glossary: Glossary,
    prompts: Sequence[str] = (),
    hinted: frozenset[str] = frozenset(),
) -> tuple[tuple[PointScore, ...], tuple[Found, ...], Index]:
    """The verdict on each point, the misconceptions found, and the answer as it was read."""
    reading = read(response)
    index = Index.of(reading, glossary)
    if integrity.addressed_to_the_grader(reading):
        blank = frozenset(token.clause for token in reading.tokens)
    else:
        told = [text for point in points for text in _both(point.text)]
        blank = integrity.no_answer(reading, prompts, told)
    texts = [_both(entry.text) for entry in (*points, *misconceptions)]
    near = _Nearness(index, texts, prompts, blank)
    believed = {wrong.id: found for wrong in misconceptions if (found := _believed(wrong, index, near))}
    denied = {id for wrong in misconceptions if wrong.id in believed for id in wrong.contradicts}
    scores = tuple(_point(point, index, near, point.id in denied, point.id in hinted) for point in points)
    return scores, tuple(believed.values()), index


class _Nearness:
    """How near an answer comes to the statements of one question."""

    def __init__(
        self, index: Index, texts: Sequence[tuple[str, ...]], prompts: Sequence[str], blank: frozenset[int]
    ) -> None:
        self.index, self.blank = index, blank
        listed = [text for both in texts for text in both]
        prepared = statements.prepare(listed, prompts, index.glossary)
        self.statements = dict(zip(listed, prepared.statements, strict=True))
        self.said = statements.Said(index, blank, prepared)

    def best(self, text: Text, without: frozenset[int] = frozenset()) -> statements.Fit:
        """The best fit of either language's form of a statement."""
        return max((self.said.fit(self.statements[both], without) for both in _both(text)), key=lambda fit: fit.score)

    def hits(self, cues: Texts) -> list[Hit]:
        """Cues of both languages found outside of what earns nothing."""
        tokens = self.index.reading.tokens
        found = self.index.hits((*cues.en, *cues.zh))
        return [hit for hit in found if not any(tokens[start].clause in self.blank for start, _ in hit.ranges)]


def _believed(wrong: Misconception, index: Index, near: _Nearness) -> Found | None:
    hit = next((hit for hit in near.hits(wrong.cues) if not hit.denied), None)
    if hit:
        return Found(wrong.id, *style.words_at(index, hit.ranges))
    best = near.best(wrong.text, index.polarity.refuted_clauses)
    if best.score >= (BELIEVED_BESIDE_CUES if _has(wrong.cues) else BELIEVED):
        return Found(wrong.id, *style.words_at(index, [(place, place + 1) for place in best.places]))
    return None


def _point(point: KeyPoint, index: Index, near: _Nearness, denied: bool, hinted: bool) -> PointScore:
    hits = near.hits(point.cues)
    opposite = next((hit for hit in near.hits(point.not_cues) if not hit.denied), None)
    told = next((hit for hit in hits if not hit.denied), None)
    state, ranges = PointState.missing, _NOWHERE
    if opposite or (denied and not told):
        state, ranges = PointState.contradicted, opposite.ranges if opposite else _NOWHERE
    elif told:
        state, ranges = PointState.met, told.ranges
    elif hits:
        state, ranges = PointState.contradicted, hits[0].ranges
    else:
        state, ranges = _by_statement(point, near)
    return PointScore(point.id, state, *style.words_at(index, ranges), weight=point.weight, hinted=hinted)


def _by_statement(point: KeyPoint, near: _Nearness) -> tuple[PointState, tuple[tuple[int, int], ...]]:
    best = near.best(point.text)
    ranges = tuple((place, place + 1) for place in best.places)
    met, partly = (MET_BESIDE_CUES, MET_BESIDE_CUES) if _has(point.cues) else (MET, PARTLY)
    if best.score < partly:
        return PointState.missing, ()
    return (PointState.met if best.score >= met else PointState.partly), ranges


def _has(cues: Texts) -> bool:
    return bool(cues.en or cues.zh)


def _both(text: Text) -> tuple[str, ...]:
    return tuple(filter(None, (text.en, text.zh)))
