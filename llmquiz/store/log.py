"""The log read back: its lines, the answers they belong to, and what was done when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llmquiz.schedule.due_dates import Activity, Rating
from llmquiz.store.connection import Database
from llmquiz.store.values import micros, moment

STANDS = "review.state is not null and not exists (select 1 from review later where later.voids = review.id)"
"""A line of the log that says something and that no later line voids."""
NAMED = "review.item in (select ?1 union select old from renamed where new = ?1)"
"""A line about the item ?1, whatever it was called then."""
UNDONE = "answer.id in (select answer from review where state is null)"
"""An answer that was taken back as a whole."""
_VOIDED = "(select voids from review where voids is not null)"
"""Every line that a later one takes back: for the whole log at once, where STANDS looks up each line."""
_QUARTER = 900_000_000
"""Microseconds of a quarter of an hour: every time zone's days begin at one."""

_COLUMNS = "id, at, sitting, question, lang, source, text, hash, seconds, hints, grader, again"
_WHERE = {
    "question": "question in (select :question union select old from renamed where new = :question)",
    "sitting": "sitting = :sitting",
    "source": "source = :source",
}
_LOGGED = ("item", "question", "lang", "source", "state", "rating", "score", "answer", "hash", "again")


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
    text: str
    hash: str
    seconds: float
    hints: int
    grader: str
    again: bool
    """Asked once more on the day of its first answer; nothing of it counts for the schedule."""
    undone: bool
    reviews: tuple[Reviewed, ...]


class History(Database):
    """What was answered; reading changes nothing."""

    def log(self) -> Iterator[dict[str, Any]]:
        """Every line ever written, oldest first, as `export --format log` prints it.

        `voids` is the number, counted from 1, of the line that this one takes back; with a state of None it is an undo.
        """
        rows = self._each(
            "select review.at, item, question, lang, source, state, rating, score, text, hash, again, overruled, voids"
            " from review join answer on answer.id = review.answer order by review.id"
        )
        for at, *others, overruled, voids in rows:
            line = dict(zip(_LOGGED, others, strict=True))
            line["again"] = bool(line["again"])
            yield {"at": moment(at).isoformat(), **line, "overruled": bool(overruled), "voids": voids}

    def answers(
        self, *, question: str | None = None, sitting: str | None = None, source: str | None = None, last: int = -1
    ) -> tuple[Answer, ...]:
        """The `last` answers, or all, undone ones too, oldest first; those of a question, sitting or source."""
        given = {"question": question, "sitting": sitting, "source": source}
        # For SQLite a limit of -1 is none.
        where = " and ".join(_WHERE[name] for name, value in given.items() if value is not None)
        return self._answers(f"where {where or 'true'} order by id desc limit :last", **given, last=last)

    def answers_after(self, moment: datetime) -> tuple[Answer, ...]:
        """The answers dated after a moment and not undone: where it is the present, a clock was ahead."""
        return self._answers(f"where at > :at and not {UNDONE} order by id desc", at=micros(moment))

    def last_answer(self, sitting: str | None = None) -> Answer | None:
        """The newest answer that is not undone, of all or of one sitting."""
        where = f"{'true' if sitting is None else 'sitting = :sitting'} and not {UNDONE}"
        answers = self._answers(f"where {where} order by id desc limit 1", sitting=sitting)
        return answers[0] if answers else None

    def taken(self, last: int = 400) -> list[tuple[str, str, float, float]]:
        """(question, sitting, moment in seconds, seconds typed) of the `last` answers of drills, oldest first."""
        rows = self._rows(
            f"select question, sitting, at, seconds from answer where source = 'drill' and not {UNDONE}"
            " order by id desc limit ?",
            last,
        )
        return [(question, sitting, at / 1e6, seconds) for question, sitting, at, seconds in reversed(rows)]

    def missed_last(self) -> set[str]:
        """The items that were not recalled at their last review, under their present names."""
        standing = f"rating is not null and review.id not in {_VOIDED}"
        # Of a row that is the greatest of its group SQLite gives the other columns too.
        newest = (
            "select coalesce(new, item) as name, rating, max(answer) from review left join renamed on old = item"
            f" where {standing} group by name"
        )
        return {name for (name,) in self._rows(f"select name from ({newest}) where rating = 'again'")}

    def first_asked_since(self, at: datetime) -> set[str]:
        """The questions whose first answer was given at a moment or later."""
        rows = self._rows(
            f"select question from answer where not {UNDONE} group by question having min(at) >= ?", micros(at)
        )
        return {question for (question,) in rows}

    def activity(self) -> tuple[Activity, ...]:
        """What was done when, by quarters of an hour, oldest first: all that `stats` needs, at most 35,000 a year."""
        standing = f"review where rating is not null and id not in {_VOIDED}"
        first = f"select item, min(answer) as answer, rating from {standing} group by item"  # rating: of that answer
        counted = f"select at / {_QUARTER}, count(*)"
        answers = self._by_quarter(f"{counted}, sum(seconds) from answer where not {UNDONE} group by 1")
        counted += ", sum(rating = 'again') from ({}) line join answer on answer.id = line.answer group by 1"
        reviews = self._by_quarter(counted.format(f"select answer, rating from {standing}"))
        # Under present names: of two items that became one, only the first review of both is a first.
        firsts = self._by_quarter(
            counted.format(
                f"select min(answer) as answer, rating from ({first}) left join renamed on old = item"
                " group by coalesce(new, item)"
            )
        )
        none = (0, 0)
        return tuple(
            Activity(moment(at * _QUARTER), *counts, *reviews.get(at, none), *firsts.get(at, none))
            for at, counts in sorted(answers.items())
        )

    def _answers(self, clauses: str, **values: object) -> tuple[Answer, ...]:
        rows = self._rows(f"select {_COLUMNS}, {UNDONE} from answer {clauses}", **values)
        # The newest were asked for first, so that a limit keeps them.
        return tuple(
            Answer(*(number, moment(at), *columns, bool(again), bool(undone), self._reviews(number)))
            for number, at, *columns, again, undone in reversed(rows)
        )

    def _reviews(self, answer: int) -> tuple[Reviewed, ...]:
        # An overrule is a later line, but its verdict keeps the place of the one that it replaced.
        rows = self._rows(
            f"select item, state, rating, score from review where answer = ?1 and {STANDS} order by"
            " (select min(id) from review first where first.answer = ?1 and first.item = review.item)",
            answer,
        )
        return tuple(Reviewed(item, state, rating and Rating(rating), score) for item, state, rating, score in rows)

    def _by_quarter(self, sql: str) -> dict[int, tuple[Any, Any]]:
        return {quarter: (first, second) for quarter, first, second in self._rows(sql)}
