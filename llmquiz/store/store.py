"""The review log: SQLite, append-only, one transaction an answer.

The log is the truth. An undo or an overrule is a further line that voids an earlier one, triggers refuse to change or
remove a line, and the memory of every item follows from the log (it is kept beside it, so that a start is fast).
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from llmquiz.errors import StoreError
from llmquiz.grading.score import PointScore, PointState, value_of
from llmquiz.schedule.due_dates import Memory, Rating, as_of, review
from llmquiz.store.choices import Choices
from llmquiz.store.drafts import Drafts
from llmquiz.store.flags import Flag, Flags
from llmquiz.store.log import NAMED, STANDS, UNDONE, Answer, History, Reviewed
from llmquiz.store.measurements import Measurement, Measurements
from llmquiz.store.transcripts import Interviewed, Said, Transcripts
from llmquiz.store.values import micros, moment, stamp, storable

__all__ = ["Answer", "Flag", "Interviewed", "Measurement", "Reviewed", "Said", "Store"]


# By its present name first: of two parts that became one, the one that was named is meant.
_VERDICT = f"select id, item from review where {NAMED} and answer = ?2 and {STANDS} order by item <> ?1"
# From both sides: a memory that the log does not explain, and a log without its memory.
_ITEMS = "select item from memory union select coalesce(new, item) from review left join renamed on old = item"


class Store(History, Choices, Drafts, Flags, Measurements, Transcripts):
    """The learner's database; use `Store.open`."""

    @classmethod
    def open(cls, path: Path, *, now: datetime, reading: bool = False) -> Store:
        """Open the database at `path`, made or migrated where needed (after a copy dated `now`).

        `reading`: a copy in memory, for where nothing can be written; an empty one where there is no file.

        Raises:
            Unwritable: there is no place to write; it says what to do.
            StoreError: newer, damaged, another program's or locked; likewise.
        """
        return cls(path, now, reading=reading)

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
        again: bool = False,
    ) -> int:
        """Commit an answer, its reviews and the new memory of each rated item, drop its draft; return its number.

        `again`: the question had its answer on the same day, and that one stands for the schedule.
        """
        row = (micros(at), sitting, question, lang, source, storable(answer), hash, seconds, hints, grader, again)
        # Else what was recorded just now would count as dated ahead.
        self.present = max(self.present, at)
        with self._writing():
            number = self._write(
                "insert into answer (at, sitting, question, lang, source, text, hash, seconds, hints, grader, again)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *row,
            )
            for reviewed in reviews:
                self._append(number, at, reviewed.item, reviewed.state, reviewed.rating, reviewed.score)
            for reviewed in sorted(reviews, key=lambda reviewed: reviewed.item):  # the order of a replay
                if reviewed.rating is not None:
                    item = self._current(reviewed.item)
                    self._keep(review(self._stored([item]).get(item), item, reviewed.rating, at))
            self._write("delete from draft where question = ?", question)
        return number

    def undo(self, answer: int, *, at: datetime) -> None:
        """Void an answer by further lines; the memory of its items becomes what it would be without it."""
        with self._writing():
            question = self._question(answer)
            lines = self._rows(f"select item, id from review where answer = ? and {STANDS} order by id", answer)
            for item, line in lines or [(question, None)]:
                self._append(answer, at, item, None, None, None, voids=line)
            self._replay(item for item, _ in lines)

    def overrule(self, answer: int, item: str, state: str, rating: Rating | None, *, at: datetime) -> None:
        """Put the learner's verdict on an item in the place of the grader's, by a further line."""
        score = value_of((PointScore(item, PointState(state)),))
        with self._writing():
            self._question(answer)
            lines = self._rows(_VERDICT, item, answer)
            if not lines:
                raise StoreError("store.no-verdict", answer=answer, item=item)
            line, then = lines[0]
            self._append(answer, at, then, state, rating, score, overruled=True, voids=line)
            self._replay([item])

    def memories(self, items: Collection[str] | None = None) -> dict[str, Memory]:
        """The memory of `items`, or of all, by item; an item never reviewed has none.

        A review dated after the present counts as given now.
        """
        memories = self._stored(items)
        if not self.is_ahead:
            return memories
        return {item: as_of(memory, self.present) for item, memory in memories.items()}

    def _stored(self, items: Collection[str] | None) -> dict[str, Memory]:
        columns = "select item, due, stability, difficulty, last_review, reviews, lapses from memory"
        if items is None:
            return _memories(self._rows(columns))
        # As one value: SQLite bounds how many a statement may have.
        named = json.dumps(list(items))
        return _memories(self._rows(f"{columns} where item in (select value from json_each(?))", named))

    def dues(self) -> dict[str, tuple[str, float]]:
        """When each item is due, as `stamp` writes it, and its stability: what a choice among thousands needs."""
        dues = {item: (due, strength) for item, due, strength in self._rows("select item, due, stability from memory")}
        if self.is_ahead:
            dues |= {item: (stamp(memory.due), memory.stability) for item, memory in self.memories().items()}
        return dues

    @property
    def is_ahead(self) -> bool:
        """Whether some review is dated after the present: a clock was ahead."""
        return bool(self._rows("select exists (select 1 from memory where last_review > ?)", stamp(self.present))[0][0])

    def rename(self, aka: Mapping[str, str]) -> None:
        """Let the reviews under each old id count for its new one; what is known already costs one reading."""
        known = dict(self._rows("select old, new from renamed"))
        newest = {old: new for old in aka if (new := _end(old, aka)) != old}
        if newest.items() <= known.items():
            return
        with self._writing():
            newest = self._with_parts(newest)
            for old, new in newest.items():
                self._write("delete from renamed where old = ?", new)  # renamed back
                self._write("update renamed set new = ? where new = ?", new, old)
                self._write("insert or replace into renamed values (?, ?)", old, new)
                # Where both have one, that of the new id stays.
                self._write("update or ignore draft set question = ? where question = ?", new, old)
                self._write("update or ignore flag set question = ? where question = ?", new, old)
            names = {*newest, *newest.values()}
            # Also what an old id stood for until now: it loses these reviews.
            self._replay(names | {known[name] for name in names if name in known})

    def rebuild(self) -> None:
        """Compute every memory again from the log."""
        with self._writing():
            self._write("delete from memory")
            self._replay(item for (item,) in self._rows("select distinct item from review"))

    def check(self, lang: str = "en") -> list[str]:
        """What is wrong with the database, each with what to do; empty where it is sound."""
        return [fault.text(lang) for fault in self._faults()]

    def _faults(self) -> Iterator[StoreError]:
        try:
            broken = [row[0] for row in self._rows("pragma integrity_check") if row[0] != "ok"]
            broken += [f"{row[0]} row {row[1]} points at no {row[2]}" for row in self._rows("pragma foreign_key_check")]
            if broken:
                yield self._damaged("; ".join(broken[:3]))
            items = [item for (item,) in self._rows(_ITEMS)]
            sample = items[:: len(items) // 200 + 1]
            stored = self._stored(sample)
            differ = [item for item in sample if stored.get(item) != self._replayed(item)]
        except StoreError as error:
            yield error
        else:
            if differ:
                yield _stale(differ, len(sample))

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
        rows = self._rows(f"select question, {UNDONE} from answer where id = ?", answer)
        if not rows:
            raise StoreError("store.no-answer", answer=answer, path=self.path)
        if rows[0][1]:
            raise StoreError("store.undone", answer=answer)
        return str(rows[0][0])

    def _with_parts(self, aka: dict[str, str]) -> dict[str, str]:
        """`aka` with the parts of each renamed question that have reviews and no new name of their own."""
        # Between `id.` and `id/`, the next character: what begins with `id.`, found by the index.
        below = "select distinct item from review where item > ?1 || '.' and item < ?1 || '/'"
        moved = {item: new + item[len(old) :] for old, new in aka.items() for (item,) in self._rows(below, old)}
        return moved | aka

    def _current(self, item: str) -> str:
        rows = self._rows("select new from renamed where old = ?", item)
        return str(rows[0][0]) if rows else item

    def _keep(self, memory: Memory) -> None:
        row = (memory.item, stamp(memory.due), memory.stability, memory.difficulty, stamp(memory.last_review))
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
            # The answer's time: an overrule counts at the moment of its answer, not at its own.
            "select rating, answer.at from review join answer on answer.id = review.answer"
            f" where {NAMED} and rating is not null and {STANDS} order by answer.id, item",
            item,
        ):
            memory = review(memory, item, Rating(rating), moment(at))
        return memory


def _memories(rows: list[tuple[Any, ...]]) -> dict[str, Memory]:
    """Rows as values, column by column: with 10,000 items the constructor would take half of the time to read them."""
    if not rows:
        return {}
    items, due, stability, difficulty, last_review, reviews, lapses = zip(*rows, strict=True)
    read = datetime.fromisoformat
    # Memory is frozen: its slots are set by their descriptors, and the deque only drives the map, all of it in C.
    memories = [object.__new__(Memory) for _ in rows]
    columns = (items, map(read, due), stability, difficulty, map(read, last_review), reviews, lapses)
    for name, column in zip(Memory.__slots__, columns, strict=True):
        deque(map(getattr(Memory, name).__set__, memories, column), maxlen=0)
    return dict(zip(items, memories, strict=True))


def _end(name: str, aka: Mapping[str, str]) -> str:
    """What `name` is called after every renaming; a circle, which `check` reports, ends after one round."""
    for _ in aka:
        if name not in aka:
            break
        name = aka[name]
    return name


def _stale(differ: list[str], sampled: int) -> StoreError:
    return StoreError("store.stale-memory", differ=len(differ), sampled=sampled, differ2=differ[0])
