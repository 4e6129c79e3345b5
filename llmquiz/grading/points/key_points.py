"""Open answers: each key point by its cues and its statement, then the question as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmquiz.grading import calibration
from llmquiz.grading.points import integrity, likelihood, single_reference, statements, style
from llmquiz.grading.points.cues import Hit, Index
from llmquiz.grading.score import PointScore, PointState, Remark
from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.read import is_han, read

if TYPE_CHECKING:
    from llmquiz.schema.questions import KeyPoint, Misconception
    from llmquiz.schema.texts import Text, Texts

_NOWHERE: tuple[tuple[int, int], ...] = ()


def grade_points(
    points: Sequence[KeyPoint],
    misconceptions: Sequence[Misconception],
    response: str,
    *,
    glossary: Glossary,
    prompts: Sequence[str] = (),
    hinted: frozenset[str] = frozenset(),
) -> tuple[tuple[PointScore, ...], tuple[Remark, ...], Index]:
    """The verdict on each point, the misconceptions found, and the answer as it was read."""
    reading = read(response)
    index = Index.of(reading, glossary)
    statements = [text for point in points for text in both_languages(point.text)]
    near = _Nearness(index, points, misconceptions, prompts, integrity.blank(reading, prompts, statements))
    # Misconceptions first: who holds one contradicts the points that it denies.
    believed = {wrong.id: belief for wrong in misconceptions if (belief := _believed(wrong, index, near))}
    denied = {id for wrong in misconceptions if wrong.id in believed for id in wrong.contradicts}
    scores = tuple(_point(point, index, near, point.id in denied, point.id in hinted) for point in points)
    return scores, tuple(believed.values()), index


class _Nearness:
    """How near an answer comes to the statements of one question."""

    def __init__(
        self,
        index: Index,
        points: Sequence[KeyPoint],
        misconceptions: Sequence[Misconception],
        prompts: Sequence[str],
        blank: frozenset[int],
    ) -> None:
        self.index, self.blank = index, blank
        entries: list[KeyPoint | Misconception] = [*points, *misconceptions]
        texts = tuple(text for entry in entries for text in both_languages(entry.text))
        prepared = statements.prepare(texts, tuple(prompts), index.glossary)
        mentions = statements.AnswerMentions(index, blank, prepared)
        chances = likelihood.chances(prepared, mentions, len(points))
        self.chances = {entry.id: chance for entry, chance in zip(entries, chances, strict=True)}
        # A lone statement has no neighbours to be compared with: other measures say more.
        if _is_reference(points, misconceptions, prompts, index):
            self.chances[points[0].id] = self._beside_reference(points[0], prompts[0], chances[0])

    def _beside_reference(self, point: KeyPoint, prompt: str, alone: likelihood.Chance) -> likelihood.Chance:
        """How likely a short answer says the one statement of its question."""
        tokens = self.index.reading.tokens
        if all(token.clause in self.blank for token in tokens):
            return likelihood.Chance(0.0, alone.fit)
        measured = single_reference.measures(point.text["en"], prompt, self.index.reading, alone, self.index.glossary)
        return likelihood.Chance(single_reference.likely(measured), alone.fit)

    def hits(self, cues: Texts) -> list[Hit]:
        """Cues of both languages found outside of what earns nothing."""
        tokens = self.index.reading.tokens
        hits = self.index.hits((*cues.en, *cues.zh))
        return [hit for hit in hits if not any(tokens[start].clause in self.blank for start, _ in hit.ranges)]


def _believed(wrong: Misconception, index: Index, near: _Nearness) -> Remark | None:
    hit = next((hit for hit in near.hits(wrong.cues) if not hit.denied), None)
    if hit:
        return Remark(wrong.id, *style.words_at(index, hit.ranges))
    chance = near.chances[wrong.id]
    if chance.likely >= (calibration.BELIEVED_BESIDE_CUES if _has(wrong.cues) else calibration.BELIEVED):
        return Remark(wrong.id, *style.words_at(index, chance.fit.places))
    return None


def _point(point: KeyPoint, index: Index, near: _Nearness, denied: bool, hinted: bool) -> PointScore:
    hits = near.hits(point.cues)
    opposite = next((hit for hit in near.hits(point.not_cues) if not hit.denied), None)
    meant = next((hit for hit in hits if not hit.denied), None)
    state, ranges = PointState.missing, _NOWHERE
    # A not-cue goes before everything; a misconception only before what was not plainly said.
    if opposite or (denied and not meant):
        state, ranges = PointState.contradicted, opposite.ranges if opposite else _NOWHERE
    elif meant:
        state, ranges = PointState.met, meant.ranges
    elif hits:
        state, ranges = PointState.contradicted, hits[0].ranges
    else:
        state, ranges = _by_statement(point, near)
    return PointScore(point.id, state, *style.words_at(index, ranges), weight=point.weight, hinted=hinted)


def _by_statement(point: KeyPoint, near: _Nearness) -> tuple[PointState, tuple[tuple[int, int], ...]]:
    chance = near.chances[point.id]
    fit = chance.fit
    if _has(point.cues):
        met = (
            chance.likely >= calibration.MET_BESIDE_CUES
            and fit.share >= calibration.SHARE_BESIDE_CUES
            and fit.sentences == 1
        )
        unsure = chance.likely >= calibration.UNSURE_BESIDE_CUES
    else:
        met, unsure = chance.likely >= calibration.MET, chance.likely >= calibration.UNSURE
    if met:
        return PointState.met, chance.fit.places
    if unsure:
        return PointState.undecided, chance.fit.places
    if fit.conflict >= max(calibration.CONFLICT, fit.share):
        return PointState.contradicted, chance.fit.places
    return PointState.missing, _NOWHERE


def _is_reference(
    points: Sequence[KeyPoint], misconceptions: Sequence[Misconception], prompts: Sequence[str], index: Index
) -> bool:
    """Whether all that is known of a question is one English reference of the kind that single_reference.py knows."""
    if len(points) != 1 or misconceptions or not prompts or _has(points[0].cues) or _has(points[0].not_cues):
        return False
    tokens = index.reading.tokens
    # At most a fifth of the answer in Han characters.
    english = not points[0].text.zh and 5 * sum(is_han(token.key) for token in tokens) <= len(tokens)
    return english and single_reference.applies(points[0].text["en"], index.reading, index.glossary)


def _has(cues: Texts) -> bool:
    return bool(cues.en or cues.zh)


def both_languages(text: Text) -> tuple[str, str]:
    """A text in English and Chinese; in a deck of one language that one twice."""
    return text["en"], text["zh"]
