"""Where each question stands after all that was said: first answer, follow-ups, and what was said in passing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmquiz.grading.score import PointScore, PointState, Remark
from llmquiz.interview import calibration
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.turns import Depth, Exchange, Why
from llmquiz.schema.questions import OpenQuestion


@dataclass(frozen=True, slots=True)
class Point:
    """Where one key point stands."""

    id: str
    state: PointState
    where: str = ""
    """`first`, `follow-up` or `passing`: where it was met."""
    because: str = ""
    weight: int = 1
    denied: bool = False
    """It was contradicted before it was met."""

    @property
    def credit(self) -> float:
        """0 to 1."""
        match self.state:
            case PointState.met:
                return calibration.CREDIT[self.where or "first"] - calibration.DENIED_CREDIT * self.denied
            case _:
                return self.state.credit


@dataclass(frozen=True, slots=True)
class QuestionOutcome:
    """Where one question stands."""

    exchange: Exchange
    """The turn that asked it and the first answer."""
    points: tuple[Point, ...]
    """One with an empty id for a question of a single answer."""
    misconceptions: tuple[Remark, ...] = ()
    par: float = 1.0
    """Share of the points that the model answer of this depth meets: nobody is asked for more."""

    @property
    def single(self) -> bool:
        """A question of a single answer."""
        return len(self.points) == 1 and self.points[0].id == ""

    @property
    def coverage(self) -> float | None:
        """Credit over par, 0 to 1; nothing where no point could be decided."""
        decided = [point for point in self.points if point.state is not PointState.undecided]
        if not decided:
            return None
        share = sum(point.weight * point.credit for point in decided) / sum(point.weight for point in decided)
        return min(1.0, share / self.par)

    @property
    def weight(self) -> float:
        """How much the question counts."""
        if self.single:
            return 1.0
        return calibration.DEPTH_WEIGHT[self.exchange.turn.depth]


def standings(exchanges: Sequence[Exchange], hearing: Hearing) -> list[QuestionOutcome]:
    """Where every question that was asked stands, in the order of asking."""
    return [
        _standing(exchange, exchanges, hearing)
        for exchange in exchanges
        if exchange.turn.kind not in ("spoken", "closing")
        and hearing.topic.question(exchange.turn.question)  # content may have lost it since
        and not _again(exchange, exchanges)
    ]


def _again(exchange: Exchange, exchanges: Sequence[Exchange]) -> bool:
    """A number asked a second time."""
    turn = exchange.turn
    return turn.why is Why.wrong_number and any(
        other.turn.question == turn.question and other.turn.number < turn.number for other in exchanges
    )


def _standing(exchange: Exchange, exchanges: Sequence[Exchange], hearing: Hearing) -> QuestionOutcome:
    turn = exchange.turn
    entry = hearing.topic.open_question(turn.question)
    later = [other for other in exchanges if other.turn.number > turn.number and other.turn.question == turn.question]
    if entry is None:
        return QuestionOutcome(exchange, (_single(exchange, later, hearing),))
    score = hearing.of(exchange)
    follow_ups = [other.reply.text for other in later if not other.reply.empty]
    elsewhere = [text for text in _said_elsewhere(turn.question, exchanges, hearing) if text not in follow_ups]
    points = tuple(_point(turn.question, point, follow_ups, elsewhere, hearing) for point in score.points)
    wrong = {misconception.id: misconception for misconception in score.misconceptions}
    for text in follow_ups:
        wrong |= {
            misconception.id: misconception for misconception in hearing.score(turn.question, text).misconceptions
        }
    return QuestionOutcome(exchange, points, tuple(wrong.values()), par(turn.question, entry, turn.depth, hearing))


def _said_elsewhere(question: str, exchanges: Sequence[Exchange], hearing: Hearing) -> list[str]:
    """The answers about other questions that speak of the same; a closing word is none, nor is a question back."""
    others = [other for other in exchanges if not other.reply.empty and other.turn.kind != "closing"]
    return [
        other.reply.text
        for other in others
        if other.turn.question
        and other.turn.question != question
        and hearing.topic.related(question, other.turn.question)
        and not other.reply.text.rstrip().endswith(("?", "？"))
    ]


def _single(exchange: Exchange, later: Sequence[Exchange], hearing: Hearing) -> Point:
    first = hearing.outcome(exchange)
    if exchange.reply.empty:
        return Point("", PointState.missing)
    if first.state in (PointState.missing, PointState.contradicted):
        # A number that was wrong is asked once more: the better answer counts, as one that was denied.
        again = next((other for other in later if hearing.outcome(other).state is PointState.met), None)
        if again:
            return Point("", PointState.met, "follow-up", again.reply.text.strip(), 1, denied=True)
    return Point("", first.state, "first", exchange.reply.text.strip())


def _point(
    question: str, first: PointScore, follow_ups: Sequence[str], elsewhere: Sequence[str], hearing: Hearing
) -> Point:
    """The last decisive word about a point counts; what was said about other questions can only help."""
    state, where, because, denied = first.state, "first", first.because, first.state is PointState.contradicted
    for text in follow_ups:
        verdict = hearing.verdict(question, first.id, text)
        if verdict and verdict.state is PointState.contradicted:
            state, because, denied = verdict.state, verdict.because, True
        elif verdict and verdict.state is PointState.met and state is not PointState.met:
            state, where, because = verdict.state, "follow-up", verdict.because
    # A denial is taken back where it is asked about, not in passing.
    if state in (PointState.missing, PointState.partly, PointState.undecided):
        for text in elsewhere:
            verdict = hearing.verdict(question, first.id, text)
            if verdict and verdict.state is PointState.met:
                state, where, because = verdict.state, "passing", verdict.because
                break
    return Point(first.id, state, where if state is PointState.met else "", because, first.weight, denied)


def par(name: str, entry: OpenQuestion, depth: Depth, hearing: Hearing) -> float:
    """The share of the points that the model answer of a depth meets."""
    answers = entry.answers
    match depth:
        case "one-line":
            text = answers.one_line.text[hearing.lang]
        case "full" if answers.full:
            text = "\n".join(section.text[hearing.lang] for section in answers.full.sections)
        case _:
            text = answers.one_minute.text[hearing.lang]
    return max(hearing.score(name, text).value, calibration.LEAST_PAR)
