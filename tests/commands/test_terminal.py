"""The drill in a real terminal: the editor, the keys, Ctrl-C, a closed terminal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.terminal import Start, at_prompt, marks, pexpect, terminals, wait_for
from tests.home import drafts, stored

pytestmark = marks


@pytest.fixture
def start(home: Path, topic: Path) -> Iterator[Start]:
    """Start `llmquiz` in a terminal; it is ended with the test."""
    with terminals(home, timeout=20, LLMQUIZ_CONTENT=str(topic)) as spawn:
        yield spawn


def rows(home: Path, table: str) -> int:
    """How many rows a table of the review database has."""
    return len(stored(f"select 1 from {table}"))


def ask_scale(start: Start, lang: str = "en") -> pexpect.spawn:
    """A drill that stands at the first question with its editor open."""
    child = start("drill", "scale", lang=lang)
    child.expect("square root of d" if lang == "en" else "根号 d")
    at_prompt(child, r"\^D quit" if lang == "en" else r"\^D 退出")
    return child


def test_an_answer_is_graded_saved_and_the_next_key_ends_the_sitting(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send("The variance grows.\r")
    child.expect("1 of 2 points")
    child.expect("Saved · back tomorrow")
    at_prompt(child, "q quit")
    assert rows(home, "answer") == 1
    child.send("\r")
    child.expect("Once more?")
    at_prompt(child, "q finish")
    child.send("q")
    child.expect("This sitting")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_chinese_is_typed_and_graded(start: Start, home: Path) -> None:
    child = ask_scale(start, lang="zh")
    child.send("方差会随维度增长，softmax 会饱和。\r")
    child.expect("要点答到 2/2")
    at_prompt(child, "q 退出")
    assert rows(home, "review") == 2


def test_alt_enter_breaks_the_line(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send("The variance grows.\x1b\rIt would saturate softmax.\r")
    child.expect("2 of 2 points")
    assert stored("select text from answer") == [("The variance grows.\nIt would saturate softmax.",)]


def test_an_overrule_and_an_undo_are_one_key_away(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send("The variance grows.\r")
    at_prompt(child, "q quit")
    child.send("2\r")
    child.expect("2 of 2 points")
    at_prompt(child, "q quit")
    child.send("u")
    child.expect("Undone: small/scale")
    child.expect("1 of 1")
    at_prompt(child, r"\^D quit")
    child.sendcontrol("d")
    child.expect(pexpect.EOF)
    assert rows(home, "memory") == 0


def test_ctrl_c_keeps_the_draft_and_offers_it_again(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send("half an answer")
    child.expect("half an answer")
    child.sendcontrol("c")
    child.expect("kept as a draft")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert drafts() == [("small/scale", "half an answer")]
    again = start("drill", "scale")
    again.expect("Your unfinished answer is back")
    again.expect("half an answer")


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_terminal_closed_in_mid_answer_keeps_the_draft(start: Start, home: Path, name: str) -> None:
    child = ask_scale(start)
    child.send("half an answer")
    child.expect("half an answer")
    child.kill(getattr(signal, name))
    child.expect(pexpect.EOF)
    child.close()
    assert drafts() == [("small/scale", "half an answer")]


def test_a_terminal_that_is_gone_keeps_the_draft(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send("half an answer")
    child.expect("half an answer")
    child.ptyproc.fileobj.close()  # as a window that is closed: its reader is gone, and the system sends SIGHUP
    wait_for(lambda: not child.isalive())
    assert drafts() == [("small/scale", "half an answer")]


def test_a_drill_that_is_killed_has_kept_what_was_typed(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send("half an answer")
    wait_for(lambda: drafts() == [("small/scale", "half an answer")])
    child.send(" and more")
    wait_for(lambda: drafts() == [("small/scale", "half an answer and more")])
    child.kill(signal.SIGKILL)


def test_the_newest_draft_wins_also_an_empty_one(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send("half an answer")
    child.expect("half an answer")
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
    again = ask_scale(start)
    again.sendcontrol("u")
    again.send("another")
    again.expect("another")
    again.sendcontrol("c")
    again.expect(pexpect.EOF)
    assert drafts() == [("small/scale", "another")]
    last = ask_scale(start)
    last.sendcontrol("u")
    last.sendcontrol("c")
    last.expect(pexpect.EOF)
    assert drafts() == []


def test_numbers_of_options_are_no_draft(start: Start, home: Path) -> None:
    """They stand for other options the next time."""
    child = start("drill", "steps")
    at_prompt(child, r"\^D quit")
    child.send("2 1 3")
    child.expect("2 1 3")
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
    assert "kept as a draft" not in child.before
    assert drafts() == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_terminal_in_which_nothing_can_be_drawn_reads_and_types_lines(home: Path, topic: Path, lang: str) -> None:
    with terminals(home, timeout=20, LLMQUIZ_CONTENT=str(topic), TERM="dumb") as spawn:
        child = spawn("drill", "scale", "gpt3", lang=lang)
        child.expect(":hint.*:quit")
        child.sendline("The variance grows." if lang == "en" else "方差会随维度增长。")
        child.sendline(".")
        child.expect(
            r"Enter alone: next · 1-2 \+ Enter: I did say that · "
            if lang == "en"
            else "下一题 · 1-2 加回车：这点我说了 · "
        )
        child.sendline("x")  # no key: they are told again
        child.expect("q quit" if lang == "en" else "q 退出")
        child.sendline("")
        child.expect(":hint.*:quit")
        child.sendline(":quit")
        child.expect(pexpect.EOF)
        assert "\x1b" not in child.before
    assert rows(home, "answer") == 1


def test_a_draft_goes_on_where_nothing_can_be_drawn(home: Path, topic: Path) -> None:
    with terminals(home, timeout=20, LLMQUIZ_CONTENT=str(topic), TERM="dumb") as spawn:
        child = spawn("drill", "scale")
        child.expect(":quit")
        child.sendline("The variance grows.")
        wait_for(lambda: drafts() == [("small/scale", "The variance grows.")])
        child.kill(signal.SIGKILL)
        again = spawn("drill", "scale")
        again.expect("Your unfinished answer follows")
        again.expect("The variance grows.")
        again.sendline("It would saturate softmax.")
        again.sendline(".")
        again.expect("2 of 2 points")


def test_hints_are_given_one_by_one(start: Start) -> None:
    child = ask_scale(start)
    child.sendcontrol("t")
    child.expect("Hint 1 of 2")
    child.expect("Think of random vectors")
    at_prompt(child, r"\^D quit")
    child.sendcontrol("t")
    child.expect("What is the variance")
    child.expect("comes back soon")


def test_what_cannot_be_read_is_asked_again(start: Start, home: Path) -> None:
    child = start("drill", "small/free")
    at_prompt(child, r"\^D quit")
    child.send("perhaps\r")
    child.expect("Begin with a verdict")
    at_prompt(child, r"\^D quit")
    assert rows(home, "answer") == 0
    child.sendcontrol("u")
    child.send("wrong\r")
    child.expect("Right")


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_key_is_in_sight_at_any_width(start: Start, columns: int, lang: str) -> None:
    child = start("drill", "scale", lang=lang, columns=columns)
    at_prompt(child, r"\^O")
    for key in (r"\^T", r"\^R", r"\^S", r"\^G", r"\^Z", r"\^D"):
        child.expect(key)


def test_llmquiz_alone_says_what_is_due_and_enter_starts(start: Start) -> None:
    child = start()
    child.expect("questions are waiting")
    at_prompt(child, "start the drill")
    child.send("\r")
    child.expect("1 of ")
    at_prompt(child, r"\^D quit")
    child.sendcontrol("d")
    child.expect("Nothing was answered")
    child.expect(pexpect.EOF)


def test_q_leaves_at_the_door(start: Start) -> None:
    child = start()
    at_prompt(child, "start the drill")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


UNSURE = "Maybe the variance grows."
"""Meets no point of `scale` for certain; that the variance grows with d cannot be told."""


def variance_states(home: Path) -> list[tuple[str, str | None, int]]:
    """The lines of the log about the point that could not be decided: state, rating, overruled."""
    return stored("select state, rating, overruled from review where item = 'small/scale.variance' order by id")


@pytest.mark.parametrize(
    ("key", "met", "lines"),
    [
        ("y", "1 of 2 points", [("undecided", None, 0), ("met", "good", 1)]),
        ("n", "0 of 2 points", [("undecided", None, 0), ("missing", "again", 1)]),
        ("\r", "0 of 2 points", [("undecided", None, 0)]),
    ],
)
def test_what_cannot_be_decided_is_asked_back(start: Start, home: Path, key: str, met: str, lines: list) -> None:
    child = ask_scale(start)
    child.send(UNSURE + "\r")
    child.expect("Did you say this")
    child.expect("The variance of the dot product grows")
    child.expect("you wrote: “")
    at_prompt(child, "leave it open")
    child.send(key)
    child.expect(met)
    at_prompt(child, "q quit")
    assert variance_states(home) == lines


def test_ctrl_c_while_being_asked_back_keeps_the_answer_as_a_draft(start: Start, home: Path) -> None:
    child = ask_scale(start)
    child.send(UNSURE + "\r")
    child.expect("Did you say this")
    at_prompt(child, "leave it open")
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
    assert (rows(home, "answer"), drafts()) == (0, [("small/scale", UNSURE)])


def test_preview_shows_every_save_survives_a_fault_and_grades_an_answer(start: Start, topic: Path) -> None:
    pytest.importorskip("watchfiles", reason="needs llmquiz[authoring]")
    path = topic / "small" / "questions.yaml"
    child = start("preview", "scale")
    child.expect("Why divide by the square root of d")
    child.expect_exact("\x1b[6n")
    child.send("\x1b[5;1R")
    child.expect("Type an answer")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("level: core", "level: corn", 1), encoding="utf-8")
    child.expect("questions.0.level")
    path.write_text(text.replace("Why divide by", "Why do we divide by"), encoding="utf-8")
    child.expect("Why do we divide by the square root of d")
    child.send("The variance grows.\r")
    child.expect("1 of 3 points")
    child.expect("Type an answer")  # a Ctrl-C between two prompts may go to neither
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
