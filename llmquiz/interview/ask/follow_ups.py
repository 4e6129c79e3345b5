"""Follow-ups: chosen by what an answer missed, contradicted, overstated or got wrong, else by its deepest point.

Nothing is asked that was answered in passing, in this answer or an earlier one. The interviewer's own branches come
before the question's follow-ups, and these before what can be asked of any answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from llmquiz.grading.points.style import absolutes
from llmquiz.grading.score import PointScore, PointState
from llmquiz.grading.text.read import keys, read
from llmquiz.ids import Id
from llmquiz.interview import calibration
from llmquiz.interview.ask import numbers
from llmquiz.interview.ask.hearing import Hearing, disputed
from llmquiz.interview.plan.planning import PlannedSection
from llmquiz.interview.turns import Exchange, Why
from llmquiz.schema.questions import FollowUp, OpenQuestion
from llmquiz.schema.topics import Branch


@dataclass(frozen=True, slots=True)
class Probe:
    """Something that could be asked next."""

    why: Why
    about: str
    """The question that the answer was about."""
    ask: str = ""
    """The question to ask; empty for words about `about`."""
    point: str = ""
    because: str = ""
    say: str = ""
    follows: int = 0
    """Number of the turn whose answer led here."""


def choose(exchanges: Sequence[Exchange], section: PlannedSection, hearing: Hearing) -> Probe | None:
    """What to ask after the last answer; nothing where it left nothing open."""
    thread = [exchange for exchange in exchanges if exchange.thread == exchanges[-1].thread]
    texts = [exchange.reply.text for exchange in exchanges if not exchange.reply.empty]
    order = hearing.plan.blueprint.picks
    # Of one occasion the newest answer comes first; the order of occasions is the interviewer's own.
    probes = [probe for exchange in reversed(thread) for probe in _probes(exchange, section, hearing)]
    for occasion in order:
        for probe in probes:
            if probe.why == occasion and not _asked(probe, exchanges) and not _answered(probe, texts, hearing):
                return probe
    return None


def _probes(exchange: Exchange, section: PlannedSection, hearing: Hearing) -> Iterator[Probe]:
    """Everything that one answer invites, most pressing first within its kind."""
    turn, reply = exchange.turn, exchange.reply
    if turn.kind == "closing":
        return
    base = Probe(Why.planned, turn.question, follows=turn.number)
    spoken = turn.kind == "spoken"
    entry = hearing.topic.open_question(turn.question)
    if turn.kind == "number" or entry is None:
        yield from _single(exchange, base, section, hearing)
        return
    score = hearing.of(exchange)
    if not reply.empty:
        yield from _numbers(reply.text, base, section, hearing)
        yield from _absolute(reply.text, base, section, hearing)
    wrong = disputed(score)
    for point in wrong:
        yield from _about_point(Why.contradicted, point, entry, base, section, hearing)
    # A misconception contradicts its point: whoever was asked about that is not asked about this.
    for misconception in score.misconceptions:
        if not wrong:
            yield replace(base, why=Why.contradicted, point=misconception.id, because=misconception.because)
    # A follow-up asks for one point: what it leaves out was not asked.
    if spoken:
        return
    missed = [point for point in score.points if point.state in (PointState.missing, PointState.partly)]
    for point in _authored_first(missed, entry, turn.question, section, hearing):
        yield from _about_point(Why.missed, point, entry, base, section, hearing)
    if reply.empty:
        return
    for branch in _branches(section, "always"):
        yield _worded(replace(base, why=Why.always), branch, hearing)
    yield from _deepest(score.points, entry, base, section, hearing)


def _single(exchange: Exchange, base: Probe, section: PlannedSection, hearing: Hearing) -> Iterator[Probe]:
    """After an answer that is right or wrong: a wrong number again, a question that is asked of everybody."""
    turn = exchange.turn
    state = hearing.outcome(exchange).state
    if exchange.reply.empty:
        return
    if turn.kind == "number" and state is PointState.missing:
        yield _wrong_number(base, turn.question, exchange.reply.text.strip(), section, hearing)
    # A claim that is a follow-up itself opens no further line.
    if turn.kind == "claim" and turn.why is Why.planned:
        for branch in _branches(section, "always"):
            yield _worded(replace(base, why=Why.always), branch, hearing)


def _numbers(text: str, base: Probe, section: PlannedSection, hearing: Hearing) -> Iterator[Probe]:
    """Numbers that the answer got wrong, each asked again by itself."""
    for fact, words in numbers.wrong(text, hearing.topic.numbers()):
        yield _wrong_number(base, fact.id, words, section, hearing)


def _wrong_number(base: Probe, ask: str, words: str, section: PlannedSection, hearing: Hearing) -> Probe:
    branch = next(_branches(section, "wrong-number"), None)
    say = branch.say[hearing.lang] if branch and branch.say else ""
    return replace(base, why=Why.wrong_number, ask=ask, because=words, say=say)


def _absolute(text: str, base: Probe, section: PlannedSection, hearing: Hearing) -> Iterator[Probe]:
    """The first absolute word of the answer."""
    for span in absolutes(read(text))[:1]:
        probe = replace(base, why=Why.absolute, because=text[span.start : span.end])
        branch = next(_branches(section, "absolute"), None)
        worded = _worded(probe, branch, hearing) if branch else probe
        yield replace(worded, say=worded.say.replace("{words}", probe.because))


def _about_point(
    why: Why, point: PointScore, entry: OpenQuestion, base: Probe, section: PlannedSection, hearing: Hearing
) -> Iterator[Probe]:
    """The ways to ask about one point: the interviewer's, the question's, and one that fits any."""
    probe = replace(base, why=why, point=point.id, because=point.because)
    for way in _authored(str(why), point.id, entry, base.about, section, hearing):
        yield _worded(probe, way, hearing)
    if why is Why.contradicted:
        yield probe
    elif point.weight >= calibration.NUDGED:
        hints = [hint for hint in entry.hints if point.id in hint.names]
        if hints:
            # The hint that gives away least.
            yield replace(probe, say=min(hints, key=lambda hint: len(hint.names)).text[hearing.lang])


def _deepest(
    points: Sequence[PointScore], entry: OpenQuestion, base: Probe, section: PlannedSection, hearing: Hearing
) -> Iterator[Probe]:
    """Further down from the points that were met, the deepest first."""
    levels = {point.id: (point.level or entry.level).rank for point in entry.points}
    places = {point.id: place for place, point in enumerate(entry.points)}
    met = [point for point in points if point.state is PointState.met]
    met.sort(key=lambda point: (-levels[point.id], -places[point.id]))
    for point in met:
        probe = replace(base, why=Why.met, point=point.id, because=point.because)
        for way in _authored("met", point.id, entry, base.about, section, hearing):
            yield _worded(probe, way, hearing)
    # Nobody wrote a way down from any of them: the reason of the deepest that has one on record.
    for point in met:
        if point.because and any(key_point.id == point.id and key_point.why for key_point in entry.points):
            yield replace(base, why=Why.met, point=point.id, because=point.because)
            break


def _authored_first(
    missed: Sequence[PointScore], entry: OpenQuestion, question: str, section: PlannedSection, hearing: Hearing
) -> list[PointScore]:
    """Missed points in the order of asking: the interviewer's own, the question's, then by weight."""
    own = [b.point for b in _branches(section, "missed") if b.point]
    theirs = [f.point for f in entry.follow_ups if f.when == "missed"]

    def place(point: PointScore) -> tuple[int, int, int]:
        for number, name in enumerate(own):
            if _same(name, question, point.id, hearing):
                return 0, number, 0
        return (1, theirs.index(point.id), 0) if point.id in theirs else (2, -point.weight, 0)

    return sorted(missed, key=place)


def _branches(section: PlannedSection, when: str) -> Iterator[Branch]:
    return (branch for branch in section.branches if branch.when == when)


def _authored(
    when: str, point: str, entry: OpenQuestion, question: str, section: PlannedSection, hearing: Hearing
) -> Iterator[Branch | FollowUp]:
    own = (b for b in _branches(section, when) if b.point and _same(b.point, question, point, hearing))
    return chain(own, (f for f in entry.follow_ups if f.when == when and f.point == point))


def _same(name: str, question: str, point: str, hearing: Hearing) -> bool:
    """Whether `question.point` of a branch is this point of this question."""
    return Id(name).in_topic(hearing.plan.topic) == Id(question).part(point)


def _worded(probe: Probe, way: Branch | FollowUp, hearing: Hearing) -> Probe:
    asked = hearing.topic.question(way.ask) if way.ask else None
    return replace(probe, ask=asked.id if asked else "", say=way.say[hearing.lang] if way.say else "")


def _asked(probe: Probe, exchanges: Sequence[Exchange]) -> bool:
    """Whether it was asked already, in these words or others."""
    opened = next((exchange.thread for exchange in exchanges if exchange.turn.number == probe.follows), 0)
    for exchange in exchanges:
        turn = exchange.turn
        if probe.point and probe.point == turn.point and exchange.thread == opened:
            return True
        if probe.ask:
            # A number may be asked twice, but the second time only once.
            again = probe.why is Why.wrong_number
            if turn.question == probe.ask and turn.kind != "spoken" and (not again or turn.why is Why.wrong_number):
                return True
        elif turn.kind == "spoken" and turn.question == probe.about:
            if probe.say and probe.say == turn.say:
                return True
            if probe.point and turn.point == probe.point:
                return True
    # Whatever their words: one absolute, and one question for everybody, in a line of questions.
    once = probe.why in (Why.absolute, Why.always)
    return once and any(exchange.thread == opened and exchange.turn.why is probe.why for exchange in exchanges)


def _answered(probe: Probe, texts: Sequence[str], hearing: Hearing) -> bool:
    """Whether the answer was given in passing."""
    if probe.why is Why.missed and hearing.met(probe.about, probe.point, texts):
        return True
    if probe.ask and probe.why is not Why.wrong_number:
        asked = hearing.topic.question(probe.ask)
        if asked is None or asked.kind == "prediction":  # not to be asked here: gone, or in need of its demo
            return True
        if asked.kind == "number":
            return any(numbers.names(text, asked) for text in texts)
        if asked.kind == "open":
            return any(hearing.score(asked.id, text).value >= calibration.ANSWERED for text in texts)
        return False
    if probe.why is Why.met and not probe.ask:
        explained = any(hearing.explains(probe.about, probe.point, text) is PointState.met for text in texts)
        return explained if not probe.say else _said(probe.say, texts)
    return bool(probe.say) and probe.why is Why.missed and _said(probe.say, texts)


def _said(question: str, texts: Sequence[str]) -> bool:
    """Whether nearly all that a question speaks of stands in one sentence of an answer."""
    from llmquiz.grading.text.lexicon import word_list

    asked = {key for key in keys(question) if key not in word_list("empty")}
    for text in texts:
        sentences: dict[int, set[str]] = {}
        for token in read(text).tokens:
            sentences.setdefault(token.sentence, set()).add(token.key)
        if any(len(asked & sentence) >= calibration.SENTENCE_ANSWERED * len(asked) for sentence in sentences.values()):
            return True
    return False
