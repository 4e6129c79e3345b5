"""The best version of one's own answer: what was right kept, what was wrong mended, what was missing added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from llmquiz.grading.points.style import absolutes
from llmquiz.grading.score import PointState, Score, Span
from llmquiz.grading.text.read import read
from llmquiz.interview import calibration
from llmquiz.interview.ask.hearing import Hearing, disputed
from llmquiz.interview.judge.question_outcome import QuestionOutcome
from llmquiz.interview.judge.structure import sentences
from llmquiz.interview.plan.pace import spoken
from llmquiz.interview.roles import role
from llmquiz.interview.turns import Exchange
from llmquiz.schema.questions import OpenQuestion

ABSOLUTE = "absolute"
"""In the place of a point: the words were struck out because they are absolute."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the best version."""

    kind: Literal["kept", "moved", "added", "mended", "dropped"]
    """`kept` and `moved` (from a follow-up) are the candidate's words; `dropped` is what `mended` replaces."""
    text: str
    point: str = ""


@dataclass(frozen=True, slots=True)
class Best:
    """The best version, and the points that the time left no room for."""

    segments: tuple[Segment, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the answer, with the first point it meets (by place) and what is wrong in it."""

    span: Span
    text: str
    place: int
    wrong: str = ""
    right: bool = False
    """Whether it meets a point."""


def best(standing: QuestionOutcome, entry: OpenQuestion, follow_ups: Sequence[Exchange], hearing: Hearing) -> Best:
    """The best version of the first answer to an open question, about as long as was asked for."""
    turn, reply = standing.exchange.turn, standing.exchange.reply
    score = hearing.of(standing.exchange)
    places = {point.id: place for place, point in enumerate(entry.points)}
    typed = _sentences(reply.text, score, places)
    rows: list[tuple[int, Segment]] = []
    for sentence in typed:
        if sentence.wrong:
            # A sentence that also says something right stays, and is corrected after.
            own: Literal["kept", "dropped"] = "kept" if sentence.right else "dropped"
            rows += [
                (sentence.place, Segment(own, sentence.text, sentence.wrong)),
                (sentence.place, _mended(sentence.wrong, entry, hearing)),
            ]
        else:
            rows += [(sentence.place, segment) for segment in _kept(sentence.text)]
    mended = {segment.point for _, segment in rows if segment.kind == "mended"}
    # The correction of a misconception says the points that it denied.
    mended |= {point for wrong in entry.misconceptions if wrong.id in mended for point in wrong.contradicts}
    room = calibration.BEST_ROOM * turn.seconds - sum(
        spoken(segment.text) for _, segment in rows if segment.kind != "dropped"
    )
    left_out: list[str] = []
    wanted = [p for p in standing.points if p.id not in mended and not _in_first(p.id, score)]
    for point in sorted(wanted, key=lambda point: (-point.weight, places[point.id])):
        segment = _missing(point.id, entry, follow_ups, hearing)
        # The candidate's own words always have room, and one missing point has.
        if segment.kind == "moved" or room > 0 or not any(s.kind == "added" for _, s in rows):
            room -= spoken(segment.text)
            rows.append((places[point.id], segment))
        else:
            left_out.append(point.id)
    return Best(tuple(_arranged(rows)), tuple(left_out))


def _in_first(point: str, score: Score) -> bool:
    return any(verdict.id == point and verdict.state is PointState.met for verdict in score.points)


def _sentences(text: str, score: Score, places: dict[str, int]) -> list[_Sentence]:
    rows: list[_Sentence] = []
    place = -1
    for start, end, tokens in sentences(read(text)):
        words = text[start:end].strip()
        met = [places[p.id] for p in score.points if p.state is PointState.met and _within(p.spans, start, end)]
        # What meets nothing goes with the sentence before it; the first one stays first whatever it meets.
        place = min(met) if met and rows else max(place, -1)
        wrong = next((w.id for w in score.misconceptions if _within(w.spans, start, end)), "")
        denied = (point.id for point in disputed(score) if _within(point.spans, start, end))
        wrong = wrong or next(denied, "")
        idle = not met and not wrong and bool(role("preamble").search(words.lower()))
        # A preamble is left out, but a word or two in mid-answer may join what stands around them.
        if words and not (idle and (tokens > 2 or not rows)):
            rows.append(_Sentence(Span(start, end), words, place, wrong, bool(met)))
    return rows


def _kept(text: str) -> list[Segment]:
    """A sentence as it was said, its absolute words struck out."""
    segments, end = [], 0
    for span in absolutes(read(text)):
        segments += [Segment("kept", text[end : span.start])] if text[end : span.start].strip() else []
        segments.append(Segment("dropped", text[span.start : span.end], ABSOLUTE))
        end = span.end
    return [*segments, Segment("kept", text[end:])] if text[end:].strip(" .。") or not segments else segments


def _within(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(start <= span.start < end for span in spans)


def _mended(name: str, entry: OpenQuestion, hearing: Hearing) -> Segment:
    wrong = next((listed for listed in entry.misconceptions if listed.id == name), None)
    if wrong:
        return Segment("mended", wrong.right[hearing.lang], name)
    return Segment("mended", next(p.text[hearing.lang] for p in entry.points if p.id == name), name)


def _missing(name: str, entry: OpenQuestion, follow_ups: Sequence[Exchange], hearing: Hearing) -> Segment:
    """A point that the first answer lacks: in the candidate's words where a follow-up brought them out."""
    for exchange in follow_ups:
        text = exchange.reply.text
        verdict = hearing.verdict(exchange.turn.question, name, text)
        if verdict and verdict.state is PointState.met:
            for start, end, _ in sentences(read(text)):
                if _within(verdict.spans, start, end):
                    return Segment("moved", text[start:end].strip(), name)
    return Segment("added", next(p.text[hearing.lang] for p in entry.points if p.id == name), name)


def _arranged(rows: Sequence[tuple[int, Segment]]) -> list[Segment]:
    """What is new goes after the last of the candidate's sentences that speaks of an earlier point."""
    new = ("added", "moved")
    own = [(place, segment) for place, segment in rows if segment.kind not in new]
    result = list(own)
    for place, segment in sorted((row for row in rows if row[1].kind in new), key=lambda row: row[0]):
        at = max((n for n, (other, _) in enumerate(result, 1) if other <= place), default=min(1, len(result)))
        # Never between what was struck out and its correction.
        while at < len(result) and result[at][1].kind == "mended":
            at += 1
        result.insert(at, (place, segment))
    return [segment for _, segment in result]
