"""The mock interview in a real terminal: the countdown, the signs, the cut, Ctrl-C, a closed terminal, a crash."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.terminal import Start, at_prompt, marks, pexpect, terminals, wait_for
from tests.home import said

pytestmark = marks


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start `llmquiz mock` in a terminal; it is ended with the test."""
    with terminals(home, "mock", timeout=30) as spawn:
        yield spawn


def begin(start: Start, *arguments: str, lang: str = "en", columns: int = 80) -> pexpect.spawn:
    """An interview that stands at its first question with the editor open."""
    child = start("--interviewer", "screener", "--seed", "3", *arguments, lang=lang, columns=columns)
    at_prompt(child, "begin; the clock starts" if lang == "en" else "开始并计时")
    child.send("\r")
    at_prompt(child, r"\^D leave" if lang == "en" else r"\^D 离开")
    return child


def test_the_countdown_runs_while_one_types(start: Start) -> None:
    child = begin(start, "--minutes", "5", "--rate", "150")
    assert re.search(r"answer [01]:\d\d of 1:00 left", child.before)
    assert re.search(r"interview [45]:\d\d left", child.before)
    child.send("Because")
    child.expect("Because")
    child.expect("[0-9]")  # only what has changed is painted again
    child.expect("[0-9]")


def test_half_time_the_last_fifteen_seconds_and_the_end_are_told_and_the_cut_is_soft(start: Start, home: Path) -> None:
    """At 1000 words a minute an answer of one minute has nine seconds: half of them, then the end."""
    child = begin(start, "--minutes", "1", "--rate", "1000")
    child.send("Because every token carries loss")
    child.expect("half the time is gone")
    child.expect("Let me stop you there")
    at_prompt(child, r"\^D leave")  # the editor is painted again below it
    child.send(", and that is all.\r")
    at_prompt(child, r"\^D leave")
    assert said()[0] == (1, "Because every token carries loss, and that is all.", "sent")


def test_a_strict_interviewer_takes_what_is_there(start: Start, home: Path) -> None:
    child = begin(start, "--minutes", "1", "--rate", "1000", "--strict")
    child.send("Because every token")
    child.expect("Time. I take what is there.")
    at_prompt(child, r"\^D leave")
    assert said()[0] == (1, "Because every token", "cut")


def test_the_sign_of_the_last_seconds(start: Start) -> None:
    child = begin(start, "--minutes", "2", "--rate", "400")
    child.expect(r"1[0-5] seconds left: come to an end")


def test_the_clock_can_be_stopped_in_practice_only(start: Start, home: Path) -> None:
    child = begin(start, "--minutes", "5", "--practice")
    child.sendcontrol("p")
    child.expect("the clock stands")
    child.send("x")
    child.send("Words\r")
    at_prompt(child, r"\^D leave")
    assert said()[0][1] == "Words"
    child.close(force=True)
    other = begin(start, "--minutes", "5")
    other.sendcontrol("p")
    other.send("Words\r")
    at_prompt(other, r"\^D leave")
    assert "the clock stands" not in (other.before or "")


def test_ctrl_c_keeps_what_was_typed_and_resuming_puts_it_back(start: Start, home: Path) -> None:
    child = begin(start)
    child.send("half an answer")
    child.expect("half an answer")
    child.sendcontrol("c")
    child.expect("goes on")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert said() == [(1, "half an answer", "")]
    again = start("--resume")
    again.expect("The interview goes on")
    at_prompt(again, "half an answer")
    again.send(" more\r")
    at_prompt(again, r"\^D leave")
    assert said()[0] == (1, "half an answer more", "sent")


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_closed_terminal_keeps_what_was_typed(start: Start, home: Path, name: str) -> None:
    child = begin(start)
    child.send("half an answer")
    child.expect("half an answer")
    child.kill(getattr(signal, name))
    child.expect(pexpect.EOF)
    child.close()
    assert said() == [(1, "half an answer", "")]


def test_a_crash_loses_at_most_the_last_seconds(start: Start, home: Path) -> None:
    child = begin(start)
    child.send("half an answer")
    child.expect("half an answer")
    wait_for(lambda: bool(said()[0][1]))
    child.kill(signal.SIGKILL)
    child.expect(pexpect.EOF)
    assert said() == [(1, "half an answer", "")]


def test_a_whole_interview_ends_with_the_report(start: Start) -> None:
    child = begin(start, "--minutes", "2", lang="zh")
    for _ in range(12):
        child.sendcontrol("s")
        child.expect([r"\x1b\[6n", "这位面试官会录用你吗"])
        if "录用" in str(child.after):
            break
        child.send("\x1b[5;1R")
        child.expect(r"\^D 离开")
    child.expect("坚决不录用")
    at_prompt(child, "q 返回")  # the report is longer than the screen
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_countdown_and_every_key_are_in_sight_at_any_width(start: Start, columns: int, lang: str) -> None:
    child = start("--interviewer", "screener", lang=lang, columns=columns)
    at_prompt(child, "q leave" if lang == "en" else "q 离开")
    child.send("\r")
    child.expect_exact("\x1b[6n")
    child.send("\x1b[5;1R")
    child.expect(r"\^D")
    for shown in (r"2:[0-3]\d", r"1[45]:\d\d", r"\^O", r"\^S"):
        assert re.search(shown, child.before)


def test_q_leaves_before_the_clock_starts(start: Start, home: Path) -> None:
    child = start("--interviewer", "depth")
    at_prompt(child, "q leave")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert said() == []


def test_an_interview_is_held_in_lines_where_nothing_can_be_drawn(home: Path) -> None:
    with terminals(home, "mock", timeout=30, TERM="dumb") as spawn:
        child = spawn("--interviewer", "screener", "--seed", "3", "--minutes", "1", "--rate", "1000", "--strict")
        child.expect("Enter alone: begin; the clock starts")
        child.sendline("")
        child.expect("answer .* left .*interview .* left")
        child.expect(":skip .*:quit")
        child.sendline("In time.")
        wait_for(lambda: [text for _, text, _ in said()] == ["In time."])
        time.sleep(10)  # at 1000 words a minute an answer of one minute has nine seconds
        child.sendline("Too late.")
        child.sendline(".")
        child.expect("Time. I take what is there.")
        child.expect(":skip .*:quit")
        assert said()[0] == (1, "In time.", "cut")
        child.sendline(":quit")
        child.expect("q back")  # the report, a screen at a time
        child.sendline("q")
        child.expect(pexpect.EOF)
