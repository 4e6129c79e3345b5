"""Answers as the tests of the store record them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from llmquiz import clock
from llmquiz.schedule.due_dates import Rating
from llmquiz.store.store import Reviewed, Store

NOW = datetime(2026, 11, 23, 9, 7, 30, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
MET = ("met", Rating.good, 1.0)
MISSING = ("missing", Rating.again, 0.0)
UNDECIDED = ("undecided", None, 0.0)


def record(store: Store, at: datetime = NOW, question: str = "t/q", answer: str = "words", **parts: Any) -> int:
    """Answer `question`; each keyword is a part and its verdict."""
    reviews = [Reviewed(f"{question}.{part}", *verdict) for part, verdict in parts.items()]
    return store.record(
        at=at,
        sitting="s1",
        question=question,
        lang="en",
        source="drill",
        answer=answer,
        hash="h1",
        reviews=reviews,
        seconds=12.5,
        hints=1,
    )


def reviewed(
    store: Store, ratings: Mapping[str, Rating], later: timedelta = timedelta(), *, question: str = "", answer: str = ""
) -> int:
    """An answer so much after the present that met these items; its question is that of the first unless told."""
    return store.record(
        at=clock.now() + later,
        sitting="s",
        question=question or next(iter(ratings)).partition(".")[0],
        lang="en",
        source="drill",
        answer=answer,
        hash="",
        reviews=[Reviewed(item, "met", rating, 1.0) for item, rating in ratings.items()],
    )


def words(store: Store, text: str = "words") -> int:
    """Answer `t/q` with `text`, which meets its one point."""
    return record(store, answer=text, a=MET)


def answers(path: Path) -> list[str]:
    """What was answered in a database, which must be sound."""
    with Store.open(path, now=NOW) as store:
        assert store.check() == []
        return [answer.text for answer in store.answers()]
