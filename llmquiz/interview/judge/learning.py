"""What an answer given in an interview does to the schedule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from llmquiz.grading.score import PointState
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.turns import Exchange
from llmquiz.schedule.reviews import Review, reviews


def learned(
    exchange: Exchange, exchanges: Sequence[Exchange], hearing: Hearing, *, known: Collection[str], level: int
) -> list[Review] | None:
    """The reviews that an answer makes; nothing where it is none.

    A follow-up in the interviewer's own words names the point that it is about, so it reviews nothing; neither does a
    second answer to the same question. Nobody can name every point in one line: there a missing one is not held
    against the memory of it.
    """
    turn = exchange.turn
    asked = hearing.topic.question(turn.question)
    if asked is None or turn.kind in ("spoken", "closing"):
        return None
    if exchange.reply.empty or hearing.empty_words(exchange):
        return None
    if any(other.turn.question == turn.question and other.turn.number < turn.number for other in exchanges):
        return None
    earned = reviews(asked, hearing.of(exchange), level=level, known=known, hinted=())
    if turn.kind == "open" and turn.depth == "one-line":
        unasked = (PointState.missing, PointState.partly)
        earned = [replace(review, rating=None) if review.state in unasked else review for review in earned]
    return earned
