"""Several processes, and some that are killed: nothing that was said to be saved is ever lost."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmquiz.store.store import Store

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from llmquiz.schedule.due_dates import Rating
from llmquiz.store.store import Reviewed, Store

now = datetime(2026, 11, 23, 9, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
with Store.open(Path(sys.argv[1]), now=now) as store:
    for turn in range(int(sys.argv[3])):
        reviews = [Reviewed(f"t/q.{part}", "met", Rating.good, 1.0) for part in "abc"]
        text = f"{sys.argv[2]} {turn}"
        number = store.record(at=now, sitting=sys.argv[2], question="t/q", lang="en", source="drill",
                              answer=text, hash="h", reviews=reviews)
        if turn % 5 == 0:
            store.undo(number, at=now)
        print(number, text)
"""


def together(path: Path, writers: int, answers: int) -> list[list[str]]:
    """What each of `writers`, started at the same moment, says it has saved."""
    command = [sys.executable, "-c", WRITER, str(path)]
    started = [
        subprocess.Popen(
            [*command, f"writer{n}", str(answers)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for n in range(writers)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate()[0].splitlines() for process in started]
    assert [process.returncode for process in started] == [0] * writers
    return outputs


def test_two_sittings_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "llmquiz.db"
    Store.open(path, now=NOW).close()
    outputs = together(path, writers=2, answers=100)
    with Store.open(path, now=NOW) as store:
        stored = [f"{answer.id} {answer.text}" for answer in store.answers()]
        assert sorted(stored) == sorted(outputs[0] + outputs[1])
        assert len(stored) == 200
        # every review stands in the memory: 100 answers a writer, of which each fifth was taken back
        assert [memory.reviews for memory in store.memories().values()] == [160] * 3
        assert store.check() == []


def test_the_database_is_made_once_by_whoever_comes_first(tmp_path: Path) -> None:
    for turn in range(5):
        path = tmp_path / str(turn) / "llmquiz.db"
        outputs = together(path, writers=4, answers=1)
        with Store.open(path, now=NOW) as store:
            assert len(store.answers()) == sum(map(len, outputs)) == 4
            assert store.check() == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="SIGKILL is tested on Linux")
def test_killed_at_200_moments_every_acknowledged_review_is_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.store.kill", str(tmp_path), "200", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    run = json.loads(done.stdout)
    assert (run["killed"], run["faults"]) == (200, [])
    assert run["committed"] >= run["awaited"] > 100  # there was something to lose
    # at most the answer in the making of each writer is there without having been said to be
    assert run["committed"] <= run["stored"] <= run["committed"] + 200
