"""How fast llmquiz is, measured here: `python -m tests.bench`.

Everything is compared in one run, interleaved, and told as medians with their spread; starts as ratios to the
floor, the smallest typer program that runs a command and prints one line with rich. Exit code 1 where a bound is
missed. Everything but the demos is measured, for these take minutes: `--only demos` measures them, `--only grading
loading` what it names.
"""

from __future__ import annotations

import argparse
import itertools
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FLOOR = """
import typer
from rich.console import Console

app = typer.Typer()


@app.command()
def main(name: str = "world") -> None:
    Console().print(f"hello {name}")


app()
"""

ITEMS, REVIEWS = 10_000, 1_000_000

PARTS = ("drill", "grading", "loading", "reviews", "demos")
"""What `--only` takes; without it all but the last."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the table."""

    name: str
    value: float
    spread: str
    bound: float
    unit: str

    @property
    def holds(self) -> bool:
        """Within the bound."""
        return self.value <= self.bound


def first_text(command: list[str], env: Mapping[str, str], wait_for: bytes) -> float:
    """Seconds until `command` has written `wait_for` to a pseudo-terminal."""
    start = time.perf_counter()
    child, master = pty.fork()
    if child == 0:
        os.environ.clear()
        os.environ.update(env)
        os.execv(command[0], command)
    seen = b""
    try:
        while wait_for not in seen:
            ready, _, _ = select.select([master], [], [], 30)
            if not ready:
                raise TimeoutError(f"{command} did not write {wait_for!r}: {seen!r}")
            seen += os.read(master, 65536)
        return time.perf_counter() - start
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(master)


def whole_run(command: list[str], env: Mapping[str, str]) -> float:
    """Seconds of a whole process with its output in a pipe."""
    start = time.perf_counter()
    subprocess.run(command, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return time.perf_counter() - start


def interleaved(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Every case in turn, `rounds` times after one warm-up."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            seconds = case()
            if number:
                times[name].append(seconds)
    return times


def ratio(name: str, times: Mapping[str, list[float]], floor: str, bound: float) -> Measured:
    """The median of a case's ratios to the floor, round by round."""
    ratios = sorted(a / b for a, b in zip(times[name], times[floor], strict=True))
    spread = f"{ratios[0]:.2f}–{ratios[-1]:.2f}, n={len(ratios)}"
    return Measured(name, statistics.median(ratios), spread, bound, "× floor")


def environment(home: Path) -> dict[str, str]:
    """A clean environment with its own home."""
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    return inherited | {"LLMQUIZ_HOME": str(home), "LLMQUIZ_LANG": "en", "TERM": "xterm-256color", "COLUMNS": "100"}


def big_content(folder: Path, items: int) -> None:
    """A topic of open questions with `items` key points in all."""
    topic = folder / "big"
    topic.mkdir(parents=True)
    (topic / "deck.yaml").write_text("title: {en: Big}\nsummary: {en: For measuring.}\nlangs: [en]\n")
    points = 5
    per_file = 500
    for part in range(0, items, per_file):
        lines = ["questions:"]
        for number in range(part, part + per_file, points):
            lines += [
                f"  - id: question-{number}", "    type: open", "    level: core",
                f"    prompt: {{en: 'What is known about subject {number}?'}}",
                "    answers:",
                f"      one-line: {{text: {{en: 'Subject {number} in a line.'}}, seconds: 15}}",
                f"      one-minute: {{text: {{en: '{'Something long about it. ' * 12}'}}, seconds: 60}}",
                "    points:",
            ]  # fmt: skip
            for point in range(points):
                lines += [
                    f"      - id: point-{point}",
                    f"        text: {{en: 'Fact {point} of subject {number} holds because of reason {point * 7}.'}}",
                ]  # fmt: skip
        (topic / f"part-{part}.yaml").write_text("\n".join(lines) + "\n")


def starts(rounds: int, work: Path, big: Path) -> list[Measured]:
    """Help, and the first question of a drill, against the floor."""
    floor = work / "floor.py"
    floor.write_text(FLOOR)
    python, small, large = sys.executable, environment(work / "small"), environment(work / "large")
    drill = [python, "-m", "llmquiz", "drill"]
    large_drill = [*drill, "big", "--content", str(big)]
    whole_run([python, "-m", "llmquiz", "list", "--content", str(big)], large)  # fills the compiled cache
    times = interleaved(
        {
            "floor": lambda: whole_run([python, str(floor)], small),
            "floor, terminal": lambda: first_text([python, str(floor)], small, b"hello"),
            "--help": lambda: whole_run([python, "-m", "llmquiz", "--help"], small),
            "drill: first question": lambda: first_text(drill, small, b"?"),
            f"the same, {ITEMS:,} items, {REVIEWS:,} reviews": lambda: first_text(large_drill, large, b"?"),
        },
        rounds,
    )
    return [
        ratio("--help", times, "floor", 1.0),
        ratio("drill: first question", times, "floor, terminal", 1.6),
        ratio(f"the same, {ITEMS:,} items, {REVIEWS:,} reviews", times, "floor, terminal", 2.0),
    ]


def milliseconds(name: str, times: list[float], bound: float) -> Measured:
    """The median in ms."""
    ms = sorted(1000 * seconds for seconds in times)
    return Measured(name, statistics.median(ms), f"{ms[0]:.2f}–{ms[-1]:.2f}, n={len(ms)}", bound, "ms")


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of each call after a warm-up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def grading(rounds: int) -> list[Measured]:
    """What the reader takes on one core: 200 words beside ten statements, a usual answer, the worst megabyte."""
    from llmquiz import paths
    from llmquiz.collection.load import load
    from llmquiz.grading import grade
    from llmquiz.grading.reader import judging
    from llmquiz.grading.text.glossary import Glossary
    from llmquiz.schema.questions import OpenQuestion

    loaded = load([paths.shipped_content()])
    question = loaded.entries["decoder-only/why-decoder-only"].entry
    assert isinstance(question, OpenQuestion)
    assert question.answers.full
    words = " ".join(section.text["en"] for section in question.answers.full.sections).split()
    ten = question.model_copy(update={"points": question.points[:10], "misconceptions": []})
    glossary, number = Glossary.build(loaded.glossary), itertools.count()

    def judge(count: int) -> None:
        # Never the same text twice: what was read already takes no time.
        grade(ten, " ".join([*words[:count], str(next(number))]), "en", glossary=glossary)

    with one_core():
        start = time.perf_counter()
        judging.reader()
        loaded_in = time.perf_counter() - start
        return [
            milliseconds("loading the reader", [loaded_in], 600),
            milliseconds("grading 200 words beside ten statements", timed(lambda: judge(200), rounds), 1000),
            milliseconds("the verdict on 80 words, behind Enter", timed(lambda: judge(80), rounds), 500),
            hostile(1),
        ]


@contextmanager
def one_core() -> Iterator[None]:
    """Bound to a single processor where the system can."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        if cores:
            os.sched_setaffinity(0, cores)


def hostile(rounds: int) -> Measured:
    """The slowest to grade of the megabytes that the tests try."""
    from tests.grading.samples import HOSTILE, graded

    rows = []
    for answer in HOSTILE:
        times = timed(lambda answer=answer: graded(answer), rounds)  # type: ignore[misc]
        rows.append(milliseconds(f"grading a hostile megabyte, {answer[:6]!r}", times, 8000))
    return max(rows, key=lambda row: row.value)


def drawing(rounds: int, big: Path, home: Path) -> Measured:
    """The questions of a sitting drawn among all items."""
    from llmquiz import clock, paths
    from llmquiz.collection.cache import open_collection
    from llmquiz.schedule import selection
    from llmquiz.store.store import Store
    from llmquiz.store.values import stamp

    os.environ["LLMQUIZ_HOME"] = str(home)
    items = open_collection([big, paths.shipped_content()], paths.cache()).items()
    dues = Store.open(paths.database(), now=clock.now()).dues()
    until = stamp(clock.end_of_day(clock.now()))
    times = timed(lambda: selection.queue(items, dues, selection.DrillOptions(), until=until), rounds)
    return milliseconds(f"drawing among {len(items):,} items", times, 10)


def loading(rounds: int, work: Path) -> list[Measured]:
    """20 MB of YAML, read, validated and compiled, against yaml.load with CSafeLoader; and the refusal of a file."""
    import yaml

    from llmquiz.collection.cache import open_collection

    content = work / "twenty"
    big_content(content, 80_000)
    files = sorted(content.rglob("*.yaml"))
    size = sum(path.stat().st_size for path in files) / 1e6

    def plain() -> float:
        start = time.perf_counter()
        for path in files:
            with path.open(encoding="utf-8") as file:
                yaml.load(file, Loader=yaml.CSafeLoader)
        return time.perf_counter() - start

    def ours() -> float:
        with tempfile.TemporaryDirectory() as cache:
            start = time.perf_counter()
            open_collection([content], Path(cache)).close()
            return time.perf_counter() - start

    times = interleaved({"plain": plain, "ours": ours}, rounds)
    row = ratio("ours", times, "plain", 1.5)
    whole = Measured(f"loading {size:.0f} MB of YAML, cold", row.value, row.spread, 1.5, "× CSafeLoader")
    return [whole, refusal(30, work)]


def refusal(rounds: int, work: Path) -> Measured:
    """A topic with a file of twice the size that is taken."""
    from llmquiz.collection.load import load
    from llmquiz.collection.yaml import LARGEST

    content = work / "too-large"
    big_content(content, 5)
    with (content / "big" / "part-0.yaml").open("wb") as file:
        file.truncate(2 * LARGEST)
    assert any("split it" in fault.message for fault in load([content]).faults)
    return milliseconds("refusing a file that is too large", timed(lambda: load([content]), rounds), 1000)


def reviews(rounds: int) -> list[Measured]:
    """First reviews, each with the chance of recall after it."""
    from datetime import UTC, datetime

    from llmquiz.schedule.due_dates import Rating, retrievability, review

    at = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def thousand() -> None:
        for _ in range(1000):
            retrievability(review(None, "t/q.p", Rating.good, at), at)

    return [milliseconds("1,000 reviews", timed(thousand, rounds), 1000)]


def demos(rounds: int) -> list[Measured]:
    """Quick and default runs of every demo on the CPU, in processor time: other work on the machine counts little."""
    from llmquiz import paths
    from llmquiz.collection.load import load
    from llmquiz.demos.lab import demo

    words = load([paths.shipped_content()]).demos
    bounds = {name: (12.0, 30.0) if demo.load(name).starts_processes else (5.0, 15.0) for name in demo.names()}
    rows = []
    for name, (quick, default) in bounds.items():
        times = [processor_seconds(lambda name=name: demo.run(name, words[name], device="cpu", quick=True))
                 for _ in range(rounds)]  # fmt: skip
        rows.append(seconds(f"demo {name} --quick", times, quick))
        once = processor_seconds(lambda name=name: demo.run(name, words[name], device="cpu"))
        rows.append(seconds(f"demo {name}", [once], default))
        sys.stderr.write(f"{name}: quick {rows[-2].value:.2f} s, default {once:.2f} s\n")  # the table is minutes away
    return rows


def processor_seconds(work: Callable[[], object]) -> float:
    """What `work` takes in a process of its own, with all the processes that this one starts.

    Forked, so that libraries are imported already, and nothing is cached by the run before.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"it ended with {status}")
    return usage.ru_utime + usage.ru_stime


def seconds(name: str, times: list[float], bound: float) -> Measured:
    """The median in s."""
    return Measured(name, statistics.median(times), f"{min(times):.2f}–{max(times):.2f}, n={len(times)}", bound, "s")


def memory(big: Path, home: Path) -> Measured:
    """Peak memory of a drill over the large collection."""
    command = [sys.executable, "-m", "llmquiz", "drill", "big", "--content", str(big), "--limit", "5"]
    answers = "fact 1 of the subject holds\n.\n" * 5
    peaks = []
    for _ in range(4):  # the first one compiles the content
        child = subprocess.Popen(command, env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert child.stdin
        child.stdin.write(answers.encode())
        child.stdin.close()
        peaks.append(os.wait4(child.pid, 0)[2].ru_maxrss / 1024)
    row = sorted(peaks[1:])
    return Measured(f"peak memory of a drill, {ITEMS:,} items", row[1], f"{row[0]:.0f}–{row[-1]:.0f}, n=3", 300, "MiB")


def drill(rounds: int, work: Path) -> list[Measured]:
    """Starts, drawing and memory, with a large collection and a long log."""
    from tests.big import make_log

    big, large = work / "big-content", work / "large"
    big_content(big, ITEMS)
    names = [f"big/question-{5 * q}.point-{p}" for q in range(ITEMS // 5) for p in range(5)]
    make_log(large / "data" / "llmquiz.db", names, REVIEWS)
    return [memory(big, large), *starts(rounds, work, big), drawing(30, big, large)]


def main() -> int:
    """Measure and print the table."""
    from rich.console import Console
    from rich.table import Table

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--only", nargs="+", choices=PARTS, default=PARTS[:-1])
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["LLMQUIZ_HOME"] = str(work / "home")
        parts: dict[str, Callable[[], list[Measured]]] = {
            "drill": lambda: drill(asked.rounds, work),
            "grading": lambda: grading(30),
            "loading": lambda: loading(3, work),
            "reviews": lambda: reviews(asked.rounds),
            "demos": lambda: demos(3),
        }
        rows = [row for name in PARTS if name in asked.only for row in parts[name]()]
    table = Table("measured", "median", "spread", "bound", "")
    for row in rows:
        table.add_row(
            row.name, f"{row.value:.2f} {row.unit}", row.spread, f"≤ {row.bound:g}", "ok" if row.holds else "MISSED"
        )
    Console().print(table)
    return int(not all(row.holds for row in rows))


if __name__ == "__main__":
    sys.exit(main())
