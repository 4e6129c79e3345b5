"""Running commands as a user does, in a real terminal. Needs pexpect and a system that has pseudo-terminals."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect", reason="needs a pseudo-terminal")
marks = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]

BY_A_LIST = """
import sys
from llmquiz.cli import main
from llmquiz.grading.reader import judging
from tests.grading.scripted_reader import ScriptedReader

judging.reader, sys.argv[0] = ScriptedReader, "llmquiz"
main()
"""
"""llmquiz with the reader of the other tests: what is tried here is the screen."""

Start = Callable[..., "pexpect.spawn"]


@contextmanager
def terminals(home: Path, *before: str, timeout: float, lines: int = 40, **environment: str) -> Iterator[Start]:
    """Starts `llmquiz BEFORE ARGUMENTS` in terminals of 80 columns; they are closed behind it."""
    children = []

    def spawn(*arguments: str, lang: str = "en", columns: int = 80) -> pexpect.spawn:
        env = os.environ | {"LLMQUIZ_HOME": str(home), "LLMQUIZ_LANG": lang, "TERM": "xterm", "NO_COLOR": "1"}
        env |= {"PYTHONPATH": str(Path(__file__).parents[2]), **environment}
        command = ["-c", BY_A_LIST, *before, *arguments]
        child = pexpect.spawn(
            sys.executable, command, env=env, encoding="utf-8", dimensions=(lines, columns), timeout=timeout
        )
        children.append(child)
        return child

    yield spawn
    for child in children:
        child.close(force=True)


def at_prompt(child: pexpect.spawn, keys: str) -> None:
    """Wait for the editor as a terminal does, which tells where its cursor stands when it is asked."""
    child.expect_exact("\x1b[6n")
    child.send("\x1b[5;1R")
    child.expect(keys)


def wait_for(held: Callable[[], bool]) -> None:
    """Wait until it holds: what is typed is written every few seconds."""
    deadline = time.monotonic() + 20
    while not held():
        assert time.monotonic() < deadline
        time.sleep(0.1)
