"""The review log: SQLite, append-only, one transaction an answer.

The log is the truth. An undo or an overrule is a further line that voids an earlier one, triggers refuse to change or
remove a line, and the memory of every item is computed from the log (and kept beside it, so that it need not be).
Times are kept in microseconds, so that a memory read back is exactly the one that was written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from llmquiz import migrations
from llmquiz.errors import StoreError
from llmquiz.grading.score import PointScore, PointState, value_of
from llmquiz.scheduling import Rating, review

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STANDS = "state is not null and not exists (select 1 from review later where later.voids = review.id)"
"""A line of the log that nothing voids."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What an answer showed about one item; a rating of None is no review."""

    item: str
    state: str
    rating: Rating | None
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given, with what stands of its reviews."""

    id: int
    at: datetime
    sitting: str
    question: str
    lang: str
    source: str
    answer: str
    hash: str
    seconds: float
    hints: int
    grader: str
    undone: bool
    reviews: tuple[Reviewed, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A note of the learner for a question's author."""

    question: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a demo found on this machine: its claims as `demo --json` prints them."""

    demo: str
    at: datetime
    claims: list[dict[str, Any]]


class Store:
    """The learner's database; use `Store.open`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path, *, now: datetime) -> Store:
        """Open the database at `path`, made or migrated where needed (after a copy dated `now`).

        Raises:
            StoreError: newer, damaged, another program's, locked or not writable; it says what to do.
        """
        return cls(path, migrations.connect(path, now))

    def close(self) -> None:
        """Let go of the file."""
        with migrations.explained(self.path):
            self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The log

    def record(
        self,
        *,
        at: datetime,
        sitting: str,
        question: str,
        lang: str,
        source: Literal["drill", "mock"],
        answer: str,
        hash: str,
        reviews: Sequence[Reviewed],
        seconds: float = 0,
        hints: int = 0,
        grader: str = "points",
    ) -> int:
        """Commit an answer, its reviews and the new memory of each rated item, drop its draft; return its number."""
        with self._writing():
            number = self._connection.execute(
                "insert into answer (at, sitting, question, lang, source, text, hash, seconds, hints, grader)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_micros(at), sitting, question, lang, source, _text(answer), hash, seconds, hints, grader),
            ).lastrowid
            assert number is not None
            for one in reviews:
                self._append(number, at, one.item, one.state, one.rating, one.score)
            for one in reviews:
                if one.rating is not None:
                    item = self._names([one.item])[one.item]
                    self._keep(review(self.memories([item]).get(item), item, one.rating, at))
            self._connection.execute("delete from draft where question = ?", (question,))
        return number

    def undo(self, answer: int, *, at: datetime) -> None:
        """Void an answer by further lines; the memory of its items is what it would be without it."""
        with self._writing():
            question = self._question(answer)
            lines = self._rows(f"select item, id from review where answer = ? and {_STANDS}", answer)
            for item, line in lines or [(question, None)]:
                self._append(answer, at, item, None, None, None, voids=line)
            self._replay({item for item, _ in lines})

    def overrule(self, answer: int, item: str, state: str, rating: Rating | None, *, at: datetime) -> None:
        """Put the learner's verdict on an item in the place of the grader's, by a further line."""
        score = value_of((PointScore(id=item, state=PointState(state)),))
        with self._writing():
            self._question(answer)
            lines = self._rows(f"select id from review where answer = ? and item = ? and {_STANDS}", answer, item)
            if not lines:
                raise StoreError(f"Answer {answer} has no verdict on {item!r} to overrule.")
            self._append(answer, at, item, state, rating, score, overruled=True, voids=lines[0][0])
            self._replay({item})

    def log(self) -> Iterator[dict[str, Any]]:
        """Every line ever written, oldest first, as `export --format log` prints it.

        `voids` is the number, counted from 1, of the line that this one takes back; with a state of None it is an undo.
        """
        with migrations.explained(self.path):
            for at, *others, overruled, voids in self._connection.execute(
                "select review.at, item, question, lang, source, state, rating, score, text, hash, overruled, voids"
                " from review join answer on answer.id = review.answer order by review.id"
            ):
                names = ("item", "question", "lang", "source", "state", "rating", "score", "answer", "hash")
                line = dict(zip(names, others, strict=True))
                yield {"at": _moment(at).isoformat(), **line, "overruled": bool(overruled), "voids": voids}

    def answers(
        self, *, question: str | None = None, sitting: str | None = None, source: str | None = None, last: int = -1
    ) -> tuple[Answer, ...]:
        """Answers, undone ones too, oldest first: all, or those of a question, sitting or source, or the `last` so many."""
        wanted = {"question": question, "sitting": sitting, "source": source}
        given = {name: value for name, value in wanted.items() if value is not None}
        rows = self._rows(
            "select id, at, sitting, question, lang, source, text, hash, seconds, hints, grader,"
            " exists (select 1 from review where answer = answer.id and state is null)"
            f" from answer where {' and '.join(f'{name} = ?' for name in given) or 'true'} order by id desc limit ?",
            *given.values(),
            last,
        )
        return tuple(self._answer(*row) for row in reversed(rows))

    def last_answer(self, sitting: str | None = None) -> Answer | None:
        """The newest answer that is not undone, of all or of one sitting."""
        rows = self._rows(
            "select id from answer where (?1 is null or sitting = ?1) and not exists"
            " (select 1 from review where answer = answer.id and state is null) order by id desc limit 1",
            sitting,
        )
        return self.answer(rows[0][0]) if rows else None
