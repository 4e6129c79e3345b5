"""A large review log for benchmarks, built in seconds: `python -m tests.big PATH [ITEMS [REVIEWS]]`."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from time import perf_counter

from llmquiz.schedule.due_dates import Memory, Rating, review
from llmquiz.store.store import Store
from llmquiz.store.values import micros

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PATTERNS = 50
"""Items share so many histories, each moved in time, so that only these need be scheduled."""
BETWEEN = timedelta(days=3)


def make_log(path: Path, items: int | Sequence[str], reviews: int, *, now: datetime = NOW) -> Path:
    """Write a new database in which every item (given, or so many, five a question) has an equal part of `reviews`.

    Log and memory agree, as after that many answers; about a third of the items are due at `now`.
    """
    names = [f"big/q{n // 5}.p{n % 5}" for n in range(items)] if isinstance(items, int) else list(items)
    questions = [(question, list(parts)) for question, parts in groupby(names, key=lambda name: name.split(".")[0])]
    rounds = reviews // len(names)
    patterns = [_pattern(seed, rounds) for seed in range(PATTERNS)]
    learned = [_memory(pattern, now) for pattern in patterns]
    with Store.open(path, now=now) as store, store._writing():
        answers = _answers(len(questions), rounds, now)
        store._connection.executemany(
            "insert into answer values (?, ?, 'big', ?, 'en', 'drill', 'some words', 'hash', 30, 0, 'points')",
            ((number, micros(at), questions[q][0]) for number, q, at in answers),
        )
        store._connection.executemany(
            "insert into review (answer, at, item, state, rating, score) values (?, ?, ?, ?, ?, ?)",
            _reviews(questions, rounds, patterns, now),
        )
        for q, (_, parts) in enumerate(questions):
            earlier = now - _first(q, len(questions), rounds, now)
            for part, item in enumerate(parts):
                last = learned[(q + part) % PATTERNS]
                store._keep(replace(last, item=item, due=last.due - earlier, last_review=last.last_review - earlier))
    return path


def _pattern(seed: int, rounds: int) -> list[Rating]:
    chance = random.Random(seed)
    return [Rating.good if chance.random() < 0.85 else Rating.again for _ in range(rounds)]


def _first(q: int, questions: int, rounds: int, now: datetime) -> datetime:
    """When question `q` was answered first; its last answer is up to three days before `now`."""
    return now - BETWEEN * rounds + BETWEEN * (q / questions)


def _answers(questions: int, rounds: int, now: datetime) -> Iterator[tuple[int, int, datetime]]:
    for turn in range(rounds):
        for q in range(questions):
            yield turn * questions + q + 1, q, _first(q, questions, rounds, now) + BETWEEN * turn


def _reviews(
    questions: list[tuple[str, list[str]]], rounds: int, patterns: list[list[Rating]], now: datetime
) -> Iterator[tuple[object, ...]]:
    for number, q, at in _answers(len(questions), rounds, now):
        turn = (number - 1) // len(questions)
        for part, item in enumerate(questions[q][1]):
            good = patterns[(q + part) % PATTERNS][turn] is Rating.good
            yield number, micros(at), item, *(("met", "good", 1.0) if good else ("missing", "again", 0.0))


def _memory(ratings: list[Rating], first: datetime) -> Memory:
    memory = None
    for turn, rating in enumerate(ratings):
        memory = review(memory, "", rating, first + BETWEEN * turn)
    assert memory is not None
    return memory


if __name__ == "__main__":
    started = perf_counter()
    path = make_log(Path(sys.argv[1]), *map(int, sys.argv[2:] or ["10000", "1000000"]))
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.0f} MB in {perf_counter() - started:.1f} s\n")
