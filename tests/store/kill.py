"""Kill a writer at random moments: `python -m tests.store.kill FOLDER [MOMENTS] [SEED]`.

test_processes.py runs it. Each round forks a process that opens the database, says each answer's number as
soon as `record` has returned it, and is killed with SIGKILL in the middle: after so many answers and a moment more,
both drawn. Everything that was said must then be there. Prints what was found, as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from llmquiz.schedule.due_dates import Rating, review
from llmquiz.store.store import Reviewed, Store

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def write(path: Path, moment: int, channel: int) -> None:
    """Record, undo and overrule without end; one line for each answer that is committed."""
    with Store.open(path, now=NOW) as store:
        for turn in range(1_000_000):
            at = NOW + timedelta(days=moment, seconds=turn)
            text = f"{moment}/{turn}"
            items = [f"t/q{(moment * 7 + turn) % 40}.{part}" for part in "abcde"]
            reviews = [Reviewed(item, "met", Rating.good, 1.0) for item in items]
            number = store.record(
                at=at, sitting="s", question="t/q", lang="en", source="drill", answer=text, hash="h", reviews=reviews
            )
            os.write(channel, f"{number} {text}\n".encode())
            if turn % 3 == 1:
                store.overrule(number, items[0], "missing", Rating.again, at=at)
            if turn % 3 == 2:
                store.undo(number, at=at)


def kill_one(path: Path, moment: int, answers: int, seconds: float) -> list[tuple[int, str]]:
    """What a writer reported that was killed so many `seconds` after so many `answers`; with none, at once."""
    reading, writing = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(reading)
        write(path, moment, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        first = list(islice(lines, answers))
        time.sleep(seconds)
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        written = [line.split() for line in [*first, *lines.read().splitlines()]]
    return [(int(number), text) for number, text in written]


def kill(folder: Path, moments: int, seed: int) -> dict[str, object]:
    """Kill `moments` writers of one database, and every fourth time one that is just making a new database."""
    chance = random.Random(seed)
    review(None, "warm", Rating.good, NOW)  # loaded once, not in every writer
    path, committed, faults, awaited = folder / "llmquiz.db", 0, [], 0
    for moment in range(moments):
        if moment % 4 == 0:
            new = folder / f"new-{moment}" / "llmquiz.db"
            acknowledged = kill_one(new, moment, 0, chance.uniform(0, 0.008))
            faults += missing(new, acknowledged)
        answers = chance.randrange(3)
        awaited += answers
        acknowledged = kill_one(path, moment, answers, chance.uniform(0, 0.02))
        committed += len(acknowledged)
        faults += missing(path, acknowledged)
    with Store.open(path, now=NOW) as store:
        stored, faults = len(store.answers()), faults + store.check()
    return {"killed": moments, "awaited": awaited, "committed": committed, "stored": stored, "faults": faults}


def missing(path: Path, acknowledged: list[tuple[int, str]]) -> list[str]:
    """Answers that were said to be saved and are not there, and whatever is wrong with the file."""
    with Store.open(path, now=NOW) as store:
        there = {answer.id: answer for answer in store.answers(last=len(acknowledged) + 2)}
        lost = [text for number, text in acknowledged if number not in there or there[number].text != text]
        halves = [
            answer.text for answer in there.values() if len(answer.reviews) not in ((0,) if answer.undone else (5,))
        ]
        unsound = [row[0] for row in store._rows("pragma integrity_check") if row[0] != "ok"]
        return [f"{path}: lost {lost} half {halves} {unsound}"] if lost or halves or unsound else []


if __name__ == "__main__":
    folder, moments, seed = Path(sys.argv[1]), *map(int, [*sys.argv[2:], "200", "0"][:2])
    sys.stdout.write(json.dumps(kill(folder, moments, seed)) + "\n")
