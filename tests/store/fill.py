"""Record answers until the disk is full: `python -m tests.store.fill PATH`, run by test_sqlite_errors.py on one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from llmquiz.errors import StoreError
from llmquiz.schedule.due_dates import Rating
from llmquiz.store.store import Reviewed, Store

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def fill(path: Path) -> None:
    """Print the error that ends it, how many answers were acknowledged and how many are there, and what is wrong."""
    acknowledged = 0
    with Store.open(path, now=NOW) as store:
        try:
            while True:
                item = f"t/q.{acknowledged % 7}"
                store.record(
                    at=NOW,
                    sitting="s",
                    question="t/q",
                    lang="en",
                    source="drill",
                    answer="words " * 100,
                    hash="h",
                    reviews=[Reviewed(item, "met", Rating.good, 1.0)],
                )
                acknowledged += 1
        except StoreError as error:
            print(error)  # noqa: T201
    with Store.open(path, now=NOW) as store:
        print(acknowledged, len(store.answers()))  # noqa: T201
        print(*store.check() or ["sound"])  # noqa: T201


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
