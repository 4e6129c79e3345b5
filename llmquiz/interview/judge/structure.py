"""How an answer is built, measured against the technique: each finding with the words that show it.

The technique: the answer first, then the reasons, then a detail, then the comparison, then the outlook; with examples
and limits, without absolutes, in the right terms. A short answer is asked for less of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from llmquiz.grading.points.style import absolute_words
from llmquiz.grading.score import PointState, Score, Span
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.read import Reading, is_han, read
from llmquiz.interview import calibration
from llmquiz.interview.plan.pace import spoken
from llmquiz.interview.roles import role
from llmquiz.interview.turns import Depth

Part = Literal["answer", "reasons", "details", "comparison", "outlook"]
PARTS: tuple[Part, ...] = ("answer", "reasons", "details", "comparison", "outlook")
STEPS: tuple[int, ...] = (15, 90, 45, 45, 20)
"""Seconds for each part of a full answer where the topic's technique does not say."""

CHECKS = (
    "answer-first", "reasons", "details", "comparison", "outlook", "order", "examples", "limits", "absolutes", "terms",
)  # fmt: skip
WANTED: dict[Depth, frozenset[str]] = {
    "one-line": frozenset({"answer-first", "absolutes", "terms"}),
    "one-minute": frozenset({"answer-first", "reasons", "order", "examples", "limits", "absolutes", "terms"}),
    "full": frozenset(CHECKS),
}
"""What an answer of each depth is asked for; the rest is a remark."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding."""

    id: str
    passed: bool
    wanted: bool
    """Whether an answer of this depth is asked for it."""
    words: str = ""
    """The words of the answer that show it; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of the answer and the part that it belongs to."""

    part: Part
    span: Span
    words: str


@dataclass(frozen=True, slots=True)
class PartTime:
    """Time used for a part against its budget, both in spoken seconds."""

    part: Part
    seconds: float
    budget: float


@dataclass(frozen=True, slots=True)
class Structure:
    """How one answer is built."""

    checks: tuple[Check, ...]
    times: tuple[PartTime, ...]

    @property
    def value(self) -> float:
        """Share of what was asked for, 0 to 1."""
        wanted = [check for check in self.checks if check.wanted]
        return sum(check.passed for check in wanted) / len(wanted) if wanted else 0.0

    def check(self, name: str) -> Check:
        """The finding called `name`."""
        return next(check for check in self.checks if check.id == name)


def structure(text: str, score: Score, depth: Depth, seconds: int, steps: tuple[int, ...] = STEPS) -> Structure:
    """How `text` is built; `score` says where it met points, `seconds` is its budget, `steps` the parts' shares."""
    reading = read(text)
    pieces = _pieces(reading, score)
    findings: dict[str, tuple[bool, str]] = {
        "answer-first": _answer_first(reading, pieces, score),
        **{part: _part(pieces, part) for part in PARTS[1:]},
        "order": _order(pieces),
        "examples": _words(reading, role("example")),
        "limits": _first(_words(reading, pattern("limits")), _words(reading, role("limit"))),
        "absolutes": _absent((bool(absolute := absolute_words(reading)), " · ".join(absolute))),
        "terms": _absent((bool(score.terms), "; ".join(term.because for term in score.terms))),
    }
    if not pieces:
        # Nothing said passes nothing, not even what asks for something to be absent.
        findings = {name: (False, "") for name in CHECKS}
    wanted = WANTED[depth]
    checks = tuple(Check(name, findings[name][0], name in wanted, findings[name][1]) for name in CHECKS)
    return Structure(checks, _times(pieces, depth, seconds, steps))


def _absent(finding: tuple[bool, str]) -> tuple[bool, str]:
    return not finding[0], finding[1]


def _first(*findings: tuple[bool, str]) -> tuple[bool, str]:
    return next((finding for finding in findings if finding[0]), findings[-1])


def sentences(reading: Reading) -> list[tuple[int, int, int]]:
    """(first character, one past the last, tokens) of each sentence as it was typed, closing marks included."""
    ranges: dict[int, list[int]] = {}
    for token in reading.tokens:
        at, to = reading.typed(token.start, token.end)
        known = ranges.setdefault(token.sentence, [at, to, 0])
        known[1], known[2] = max(known[1], to), known[2] + 1
    spans = list(ranges.values())
    text = reading.text
    for number, span in enumerate(spans):
        # A sentence ends with its marks, which are no tokens.
        end = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        while span[1] < end and text[span[1]] in ".。!！?？;；…”’\"')）】%":
            span[1] += 1
    return [(a, b, n) for a, b, n in spans]


def _pieces(reading: Reading, score: Score) -> list[Piece]:
    """Every sentence with its part; the first that says anything is the answer."""
    spans = sentences(reading)
    pieces: list[Piece] = []
    part: Part = "answer"
    for number, (start, end, tokens) in enumerate(spans):
        words = reading.text[start:end]
        answered = any(piece.part == "answer" and len(piece.words) >= 2 * calibration.SHORT for piece in pieces)
        if answered and tokens >= calibration.SHORT:
            part = _role(words.lower(), (number + 1) / len(spans), part)
        pieces.append(Piece(part, Span(start, end), words))
    return pieces


def _role(words: str, place: float, before: Part) -> Part:
    others = role("comparison").search(words) or role("reason").search(words)
    # A word about the future is the outlook near the end, or where it has no other part to play.
    if role("outlook").search(words) and (place > calibration.OUTLOOK or not others):
        return "outlook"
    if role("comparison").search(words):
        return "comparison"
    if role("reason").search(words):
        return "reasons"
    if role("detail").search(words):
        return "details"
    # Without a sign of its own a sentence goes on with the part before it.
    return "reasons" if before == "answer" else before


def _answer_first(reading: Reading, pieces: list[Piece], score: Score) -> tuple[bool, str]:
    first = next(
        (piece for piece in pieces if len(read(piece.words).tokens) >= calibration.SHORT), pieces[0] if pieces else None
    )
    if first is None:
        return False, ""
    decisive = [
        span.start
        for point in score.points
        if point.state in (PointState.met, PointState.partly, PointState.contradicted)
        for span in point.spans
    ]
    # A preamble has used up half of the room in which the answer has to come.
    limit = _soon(reading) // 2 if _is_preamble(first) else max(first.span.end, _soon(reading))
    # "For three reasons:" is an answer too, though it meets no point yet.
    announced = not _is_preamble(first) and bool(role("announced").search(first.words.lower()))
    return any(start < limit for start in decisive) or announced, first.words


def _soon(reading: Reading) -> int:
    """The character before which the answer has to come."""
    tokens = reading.tokens
    most = calibration.SOON["zh" if sum(is_han(token.key) for token in tokens) > len(tokens) / 2 else "en"]
    last = tokens[min(most, len(tokens)) - 1]
    return reading.typed(last.start, last.end)[1]


def _is_preamble(piece: Piece) -> bool:
    return bool(role("preamble").search(piece.words.lower()))


def _part(pieces: list[Piece], part: Part) -> tuple[bool, str]:
    """The first sentence that plays a part, of those that were taken for it if there is one."""
    test = role(part.removesuffix("s"))  # roles.txt names its lists in the singular
    candidates = [piece for piece in pieces if test.search(piece.words.lower())]
    candidates.sort(key=lambda piece: piece.part != part)
    return (True, candidates[0].words) if candidates else (False, "")


def _order(pieces: list[Piece]) -> tuple[bool, str]:
    """Whether each part stands, on the whole, after those that should come earlier; details may stand among reasons."""
    rank = {"answer": 0, "reasons": 1, "details": 1, "comparison": 2, "outlook": 3}
    places: dict[int, list[int]] = {}
    for number, piece in enumerate(pieces):
        places.setdefault(rank[piece.part], []).append(number)
    # Too few to be out of order.
    if len(pieces) < 4:
        return bool(pieces), ""
    # By the mean place of each part, with a quarter of the answer to spare: speech goes back and forth.
    middles = {part: sum(numbers) / len(numbers) for part, numbers in places.items()}
    slack = len(pieces) / 4
    for part, middle in middles.items():
        late = [other for other in middles if other < part and middles[other] > middle + slack]
        if late:
            return False, pieces[places[part][0]].words
    return bool(pieces), ""


def _words(reading: Reading, test: re.Pattern[str]) -> tuple[bool, str]:
    """The first words that a pattern finds."""
    for match in test.finditer(reading.folded):
        at, to = reading.typed(*match.span())
        words = reading.text[at:to].strip()
        if words:
            return True, words
    return False, ""


def _times(pieces: list[Piece], depth: Depth, seconds: int, steps: tuple[int, ...]) -> tuple[PartTime, ...]:
    used = dict.fromkeys(PARTS, 0.0)
    for piece in pieces:
        used[piece.part] += spoken(piece.words)
    if depth == "one-line":
        return (PartTime("answer", round(sum(used.values()), 1), float(seconds)),)
    scale = seconds / sum(steps)
    return tuple(
        PartTime(part, round(used[part], 1), round(step * scale, 1)) for part, step in zip(PARTS, steps, strict=True)
    )
