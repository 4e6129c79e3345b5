"""The review log: SQLite, append-only, one transaction an answer.

The log is the truth. An undo or an overrule is a further line that voids an earlier one, triggers refuse to change or
remove a line, and the memory of every item follows from the log (it is kept beside it, so that a start is fast).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from llmquiz.errors import StoreError
from llmquiz.grading.score import PointScore, PointState, value_of
from llmquiz.notebook import Notebook, micros, moment, storable
from llmquiz.scheduling import Memory, Rating, review

_STANDS = "review.state is not null and not exists (select 1 from review later where later.voids = review.id)"
"""A line of the log that says something and that no later line voids."""
_NAMED = "review.item in (select ?1 union select old from renamed where new = ?1)"
"""A line about the item ?1, whatever it was called then."""
_UNDONE = "exists (select 1 from review where review.answer = answer.id and review.state is null)"


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
    undone: bool
    reviews: tuple[Reviewed, ...]


class Store(Notebook):
    """The learner's database; use `Store.open`."""

    @classmethod
    def open(cls, path: Path, *, now: datetime) -> Store:
        """Open the database at `path`, made or migrated where needed (after a copy dated `now`).

        Raises:
            StoreError: newer, damaged, another program's, locked or not writable; it says what to do.
        """
        return cls(path, now)

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
        row = (micros(at), sitting, question, lang, source, storable(answer), hash, seconds, hints, grader)
        with self._writing():
            number = self._write(
                "insert into answer (at, sitting, question, lang, source, text, hash, seconds, hints, grader)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *row,
            )
            for one in reviews:
                self._append(number, at, one.item, one.state, one.rating, one.score)
                if one.rating is not None:
                    item = self._current(one.item)
                    self._keep(review(self.memories([item]).get(item), item, one.rating, at))
            self._write("delete from draft where question = ?", question)
        return number

    def undo(self, answer: int, *, at: datetime) -> None:
        """Void an answer by further lines; the memory of its items becomes what it would be without it."""
        with self._writing():
            question = self._question(answer)
            lines = self._rows(f"select item, id from review where answer = ? and {_STANDS} order by id", answer)
            for item, line in lines or [(question, None)]:
                self._append(answer, at, item, None, None, None, voids=line)
            self._replay(item for item, _ in lines)

    def overrule(self, answer: int, item: str, state: str, rating: Rating | None, *, at: datetime) -> None:
        """Put the learner's verdict on an item in the place of the grader's, by a further line."""
        score = value_of((PointScore(item, PointState(state)),))
        with self._writing():
            self._question(answer)
            lines = self._rows(f"select id from review where {_NAMED} and answer = ?2 and {_STANDS}", item, answer)
            if not lines:
                raise StoreError(f"Answer {answer} has no verdict on {item!r} that could be overruled.")
            self._append(answer, at, item, state, rating, score, overruled=True, voids=lines[0][0])
            self._replay([item])

    def log(self) -> Iterator[dict[str, Any]]:
        """Every line ever written, oldest first, as `export --format log` prints it.

        `voids` is the number, counted from 1, of the line that this one takes back; with a state of None it is an undo.
        """
        rows = self._each(
            "select review.at, item, question, lang, source, state, rating, score, text, hash, overruled, voids"
            " from review join answer on answer.id = review.answer order by review.id"
        )
        for at, *others, overruled, voids in rows:
            line = dict(zip(_LOGGED, others, strict=True))
            yield {"at": moment(at).isoformat(), **line, "overruled": bool(overruled), "voids": voids}

    def answers(
        self, *, question: str | None = None, sitting: str | None = None, source: str | None = None, last: int = -1
    ) -> tuple[Answer, ...]:
        """The `last` answers, or all, undone ones too, oldest first; those of a question, sitting or source."""
        given = {"question": question, "sitting": sitting, "source": source}
        where = " and ".join(f"{name} = :{name}" for name, value in given.items() if value is not None)
        return self._answers(f"where {where or 'true'} order by id desc limit :last", **given, last=last)

    def last_answer(self, sitting: str | None = None) -> Answer | None:
        """The newest answer that is not undone, of all or of one sitting."""
        where = f"{'true' if sitting is None else 'sitting = :sitting'} and not {_UNDONE}"
        found = self._answers(f"where {where} order by id desc limit 1", sitting=sitting)
        return found[0] if found else None

    def memories(self, items: Collection[str] | None = None) -> dict[str, Memory]:
        """The memory of `items`, or of all, by item; an item never reviewed has none."""
        columns = "select item, due, stability, difficulty, last_review, reviews, lapses from memory"
        if items is None:
            rows = self._rows(columns)
        else:
            rows = self._rows(f"{columns} where item in (select value from json_each(?))", json.dumps(list(items)))
        return {row[0]: Memory(row[0], moment(row[1]), row[2], row[3], moment(row[4]), row[5], row[6]) for row in rows}

    def rename(self, aka: Mapping[str, str]) -> None:
        """Let the reviews under each old id count for its new one; what is known already costs one reading."""
        known = dict(self._rows("select old, new from renamed"))
        newest = {old: _end(old, aka) for old in aka}
        if newest.items() <= known.items():
            return
        with self._writing():
            for old, new in newest.items():
                self._write("delete from renamed where old = ?", new)  # renamed back
                self._write("update renamed set new = ? where new = ?", new, old)
                self._write("insert or replace into renamed values (?, ?)", old, new)
            self._replay({*newest, *newest.values()})

    def rebuild(self) -> None:
        """Compute every memory again from the log."""
        with self._writing():
            self._write("delete from memory")
            self._replay(item for (item,) in self._rows("select distinct item from review"))

    def check(self) -> list[str]:
        """What is wrong with the database, each with what to do; empty where it is sound."""
        try:
            faults = [row[0] for row in self._rows("pragma integrity_check") if row[0] != "ok"]
            faults += [f"{row[0]} row {row[1]} points at no {row[2]}" for row in self._rows("pragma foreign_key_check")]
            items = [item for (item,) in self._rows("select item from memory union select item from review")]
            sample = items[:: len(items) // 200 + 1]
            kept = self.memories(sample)
            differ = [item for item in sample if kept.get(item) != self._replayed(item)]
        except StoreError as error:
            return [str(error)]
        if differ:
            faults.append(
                f"The memory of {len(differ)} of {len(sample)} items is not what the log says (first: {differ[0]}); "
                "the log is sound: `llmquiz doctor --rebuild` computes it again."
            )
        return faults

    def _append(
        self,
        answer: int,
        at: datetime,
        item: str,
        state: str | None,
        rating: Rating | None,
        score: float | None,
        *,
        overruled: bool = False,
        voids: int | None = None,
    ) -> None:
        self._write(
            "insert into review (answer, at, item, state, rating, score, overruled, voids)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            *(answer, micros(at), item, state, rating, score, overruled, voids),
        )

    def _question(self, answer: int) -> str:
        """The question of an answer that can still be changed."""
        rows = self._rows(f"select question, {_UNDONE} from answer where id = ?", answer)
        if not rows:
            raise StoreError(f"There is no answer {answer} in {self.path}.")
        if rows[0][1]:
            raise StoreError(f"Answer {answer} has been undone already.")
        return str(rows[0][0])

    def _answers(self, clauses: str, **values: object) -> tuple[Answer, ...]:
        return tuple(
            Answer(*(number, moment(at), *others, bool(undone), self._reviews(number)))
            for number, at, *others, undone in reversed(
                self._rows(f"select *, {_UNDONE} from answer {clauses}", **values)
            )
        )

    def _reviews(self, answer: int) -> tuple[Reviewed, ...]:
        rows = self._rows(
            f"select item, state, rating, score from review where answer = ? and {_STANDS} order by id", answer
        )
        return tuple(Reviewed(item, state, rating and Rating(rating), score) for item, state, rating, score in rows)

    def _current(self, item: str) -> str:
        rows = self._rows("select new from renamed where old = ?", item)
        return str(rows[0][0]) if rows else item

    def _keep(self, memory: Memory) -> None:
        row = (memory.item, micros(memory.due), memory.stability, memory.difficulty, micros(memory.last_review))
        self._write("insert or replace into memory values (?, ?, ?, ?, ?, ?, ?)", *row, memory.reviews, memory.lapses)

    def _replay(self, items: Iterable[str]) -> None:
        """Compute the memory of `items`, and of what they are called now, again from the log."""
        names = set(items)
        for item in names | {self._current(name) for name in names}:
            memory = self._replayed(item)
            if memory is None:
                self._write("delete from memory where item = ?", item)
            else:
                self._keep(memory)

    def _replayed(self, item: str) -> Memory | None:
        """The memory of an item as the log has it, in the order in which the answers were given."""
        if self._current(item) != item:
            return None
        memory = None
        for rating, at in self._rows(
            "select rating, answer.at from review join answer on answer.id = review.answer"
            f" where {_NAMED} and rating is not null and {_STANDS} order by answer.id, review.id",
            item,
        ):
            memory = review(memory, item, Rating(rating), moment(at))
        return memory


_LOGGED = ("item", "question", "lang", "source", "state", "rating", "score", "answer", "hash")


def _end(name: str, aka: Mapping[str, str]) -> str:
    """What `name` is called after every renaming; a circle, which `check` reports, ends after one round."""
    for _ in aka:
        if name not in aka:
            break
        name = aka[name]
    return name
