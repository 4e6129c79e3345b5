"""A home in which nothing can be written: a line that says so, and what can go on goes on."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from llmquiz import paths
from tests.commands.conftest import Done
from tests.limits import linux, on_a_disk_of

Run = Callable[..., Done]
READING = (
    ("due",),
    ("list",),
    ("stats",),
    ("plan", "--date", "2026-12-03"),
    ("show", "scale"),
    ("export",),
    ("export", "--format", "markdown"),
    ("export", "--format", "csv"),
    ("demo", "--list"),
    ("flag", "--list"),
    ("review",),
    ("mock", "--history"),
    ("drill", "gpt3", "--cram"),
)


@pytest.fixture
def blocked(topic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file where the home should be: not even root can write there."""
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("LLMQUIZ_HOME", str(file))
    monkeypatch.setenv("LLMQUIZ_CONTENT", str(topic))
    return file


def one_line(done: Done, home: Path) -> None:
    """Standard error is one line about the home and what to do."""
    assert done.err.count("\n") == 1, done.err
    assert str(home) in done.err
    assert "LLMQUIZ_HOME" in done.err


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_what_only_reads_goes_on_and_says_so_in_a_line(llmquiz: Run, blocked: Path, arguments: tuple[str, ...]) -> None:
    done = llmquiz(*arguments, stdin="175B\n")
    assert done.code == 0
    assert done.out or arguments == ("export",)
    one_line(done, blocked)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_drill_is_refused_before_its_first_question_and_told_of_cram(llmquiz: Run, blocked: Path, lang: str) -> None:
    done = llmquiz("drill", "gpt3", "--lang", lang, stdin="175B\n")
    assert (done.code, done.out) == (1, "")
    one_line(done, blocked)
    assert "--cram" in done.err


@pytest.mark.parametrize("arguments", [("mock", "--minutes", "1"), ("flag", "scale", "x"), ("doctor", "--rebuild")])
def test_what_must_write_is_refused_in_a_line(llmquiz: Run, blocked: Path, arguments: tuple[str, ...]) -> None:
    done = llmquiz(*arguments)
    assert (done.code, done.out) == (1, "")
    one_line(done, blocked)


def test_cram_tells_that_a_flag_cannot_be_kept_and_goes_on(llmquiz: Run, blocked: Path) -> None:
    done = llmquiz("drill", "gpt3", "--cram", stdin=":flag\n175B\n")
    assert f"{blocked}/data cannot be made" in " ".join(done.out.split())
    assert "Flagged" not in done.out
    assert "Right" in done.out


def test_doctor_counts_it_as_a_fault(llmquiz: Run, blocked: Path) -> None:
    done = llmquiz("doctor", "--json")
    assert done.code == 1
    faults = json.loads(done.out)["faults"]
    assert [f"{blocked}/data" in fault and "LLMQUIZ_HOME" in fault for fault in faults] == [True]


@pytest.mark.demo
def test_a_demo_is_shown_though_it_cannot_be_kept(llmquiz: Run, blocked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LLMQUIZ_CONTENT")
    shipped = Path(__file__).parents[2] / "content"
    monkeypatch.setattr(paths, "shipped_content", lambda: shipped)
    done = llmquiz("demo", "causal-mask", "--quick", "--json")
    assert done.code == 0
    assert json.loads(done.out)["claims"]
    one_line(done, blocked)


@pytest.fixture
def closed(llmquiz: Run, topic: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two answers in a database that may only be read."""
    monkeypatch.setenv("LLMQUIZ_CONTENT", str(topic))
    for answer in ("175B\n", "3\n"):
        llmquiz("drill", "gpt3", stdin=answer)
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode, **_: mode != os.W_OK and allowed(path, mode))
    return home


def test_a_database_that_may_only_be_read_is_read(llmquiz: Run, closed: Path) -> None:
    for arguments, held in (
        (("due", "--json"), '"small/gpt3"'),
        (("stats", "--json"), '"answers": 2'),
        (("list", "--status", "due", "--json"), '"small/gpt3"'),
        (("show", "gpt3"), "2 reviews, 1 lapses"),
        (("export",), '"answer": "175B"'),
    ):
        done = llmquiz(*arguments, now="2026-11-25T09:00:00Z")
        assert done.code == 0, done.err
        assert held in done.out, arguments
        one_line(done, closed)
    assert llmquiz("drill", "gpt3", stdin="175B\n").code == 1


def test_a_copy_can_be_made_of_a_database_that_may_only_be_read(llmquiz: Run, closed: Path, tmp_path: Path) -> None:
    assert llmquiz("backup", tmp_path / "copy.db").code == 0
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("select text from answer").fetchall() == [("175B",), ("3",)]


@linux
@pytest.mark.slow
def test_a_home_on_a_full_disk_is_told_of_and_read(topic: Path, tmp_path: Path) -> None:
    home = tmp_path / "small"
    home.mkdir()
    command = (
        f"dd if=/dev/zero of={home}/ballast bs=1k 2>/dev/null; "
        f"for c in 'list' 'due' 'show scale' 'drill gpt3 --cram' 'drill gpt3'; do "
        f"echo 175B | {sys.executable} -m llmquiz $c >{tmp_path}/out 2>{tmp_path}/err; "
        f'echo "$c: $? $(wc -l <{tmp_path}/err) $(grep -c Traceback {tmp_path}/err)"; done'
    )
    done = on_a_disk_of("200k", home, command, LLMQUIZ_HOME=str(home), LLMQUIZ_CONTENT=str(topic))
    assert done.stdout.splitlines() == [
        "list: 0 1 0",
        "due: 0 1 0",
        "show scale: 0 1 0",
        "drill gpt3 --cram: 0 1 0",
        "drill gpt3: 1 1 0",
    ]
