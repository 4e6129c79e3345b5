"""What only some systems have, taken away: signals, users, consoles, files in use."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from llmquiz import cli, paths, streams
from llmquiz.collection import cache
from llmquiz.errors import Unwritable
from llmquiz.store.store import Store
from llmquiz.ui.keyboard import ask
from tests.commands.conftest import NOW, Done
from tests.commands.conftest import llmquiz as llmquiz
from tests.commands.conftest import topic as topic

Run = Callable[..., Done]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the code can see of Windows."""
    monkeypatch.setattr(sys, "platform", "win32")


def test_a_drill_and_a_mock_run_where_there_is_no_sighup(
    llmquiz: Run, topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    done = llmquiz("drill", "gpt3", "--content", topic, stdin="175B\n")
    assert (done.code, "saved small/gpt3" in done.out) == (0, True)


def test_a_mock_runs_where_there_is_no_sighup(llmquiz: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    done = llmquiz("mock", "--minutes", "1", stdin=":quit\n")
    assert (done.code, done.err) == (0, "")


def test_a_read_only_file_is_seen_where_there_are_no_effective_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import datetime

    now = datetime.fromisoformat(NOW)
    Store.open(tmp_path / "llmquiz.db", now=now).close()
    monkeypatch.setattr(os, "supports_effective_ids", set())
    monkeypatch.setattr(os, "access", lambda path, mode, *, effective_ids=False: effective_ids)
    with pytest.raises(Unwritable, match="is read-only"):
        Store.open(tmp_path / "llmquiz.db", now=now)


class _NoConsole(Exception):
    """As prompt_toolkit raises it in Git Bash."""


@pytest.mark.parametrize("console", [True, False])
def test_a_windows_terminal_that_is_no_console_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch, windows: None, console: bool
) -> None:
    import prompt_toolkit.output

    def create() -> None:
        if not console:
            raise _NoConsole

    module = ModuleType("prompt_toolkit.output.win32")
    module.NoConsoleScreenBufferError = _NoConsole  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "prompt_toolkit.output.win32", module)
    monkeypatch.setattr(prompt_toolkit.output, "create_output", create)
    monkeypatch.setenv("TERM", "xterm")
    assert ask.can_draw() is console


@pytest.mark.parametrize(("term", "draws"), [("dumb", False), ("unknown", False), ("xterm", True)])
def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch, term: str, draws: bool) -> None:
    monkeypatch.setenv("TERM", term)
    assert ask.can_draw() is draws


@pytest.mark.parametrize("there", [True, False])
def test_a_cache_that_another_process_is_reading_cannot_be_replaced_and_need_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """Windows refuses to replace a file in use; it was made from the same content, or there is none."""
    replace = Path.replace

    def refuse(self: Path, target: Path) -> None:
        if there:
            replace(self, target)
        raise PermissionError(errno.EACCES, "in use", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with_content = cache.open_collection([paths.shipped_content()], tmp_path)
    assert bool(with_content.unkept) is not there
    assert "decoder-only/why-decoder-only" in with_content.ids()


def test_windows_has_its_own_word_for_a_closed_pipe_and_no_quotas(
    monkeypatch: pytest.MonkeyPatch, windows: None
) -> None:
    monkeypatch.delattr(errno, "EDQUOT", raising=False)
    try:
        assert errno.EINVAL in importlib.reload(streams).GONE
        assert {errno.ENOSPC, errno.EFBIG} == streams.FULL
    finally:
        monkeypatch.undo()
        assert errno.EINVAL not in importlib.reload(streams).GONE


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OSError(errno.EIO, "Input/output error"), 0, ""),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "llmquiz: the output cannot be written: No space left"),
        (PermissionError(errno.EACCES, "Permission denied", "x.json"), 1, "llmquiz: x.json: Permission denied"),
    ],
)
def test_what_the_system_refuses_is_a_line_or_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, code: int, message: str
) -> None:
    def fail(_: object) -> int:
        raise error

    out = sys.stdout
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(cli, "_dispatched", fail)
    assert cli.run(["due"]) == code
    assert capsys.readouterr().err.startswith(message)
    if error.filename is None:  # what is left in the buffer goes nowhere
        assert sys.stdout is not out
        sys.stdout.close()


def test_an_error_that_is_none_of_these_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> int:
        raise OSError(errno.EDOM, "not this")

    monkeypatch.setattr(cli, "_dispatched", fail)
    with pytest.raises(OSError, match="not this"):
        cli.run(["due"])


def test_streams_that_are_not_there_become_empty_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """pythonw on Windows, a service, `<&-`: Python has None there."""
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    streams.prepare()
    opened: list[Any] = [sys.stdin, sys.stdout, sys.stderr]
    try:
        assert opened[0].read() == ""
        assert opened[1].write("x") == opened[2].write("x") == 1
    finally:
        for stream in opened:
            stream.close()


def test_a_user_without_a_home_can_ask_the_doctor(llmquiz: Run, topic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", staticmethod(homeless))
    assert llmquiz("doctor", "--content", topic).code == 0


@pytest.mark.demo
def test_demos_measure_where_linux_is_not(monkeypatch: pytest.MonkeyPatch, windows: None) -> None:
    import time

    from llmquiz.demos.flash_attention import peak_memory
    from llmquiz.demos.lab import devices, timing
    from llmquiz.demos.parallelism import launch

    assert launch.loopback() == {}
    with devices.prepared(seed=0, threads=1):
        assert timing.clock_for("cpu") is time.perf_counter
    monkeypatch.setattr(sys, "platform", "darwin")
    assert set(launch.loopback().values()) == {"lo0"}
    with monkeypatch.context() as patch, devices.prepared(seed=0, threads=1):
        patch.delattr(time, "thread_time")
        assert timing.clock_for("cpu") is time.perf_counter
    with monkeypatch.context() as patch:
        patch.setattr(peak_memory, "_RESET", Path("/nonexistent/clear_refs"))
        assert not peak_memory.can_measure("cpu")
    monkeypatch.delattr(os, "fork", raising=False)
    assert not peak_memory.can_measure("cpu")


@pytest.mark.demo
def test_processes_are_ended_where_there_are_no_process_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    from llmquiz.demos.parallelism import launch

    monkeypatch.delattr(os, "killpg", raising=False)
    command = [sys.executable, "-c", "import time; time.sleep(1000)"]
    started = subprocess.Popen(command, text=True)
    launch.end(started)
    assert started.poll() is not None
