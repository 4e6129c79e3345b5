"""Answers from a pipe and from a terminal in which nothing can be drawn: one protocol, line by line."""

from __future__ import annotations

import io
import sys

import pytest

from llmquiz.messages.ui import Words
from llmquiz.ui.keyboard.ask import LONG, Lines, Pipe, Pressed, Typed


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Put text where standard input is read."""

    def put(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return put


@pytest.mark.parametrize("kind", LONG)
def test_a_long_answer_ends_at_a_line_with_a_dot(typed, kind: str) -> None:  # type: ignore[no-untyped-def]
    typed("first\n\n second \n.\nnext\n")
    assert Pipe().answer(kind) == Typed("first\n\n second ")
    assert sys.stdin.readline() == "next\n"


def test_any_other_answer_is_one_line_and_blank_ones_are_passed_over(typed) -> None:  # type: ignore[no-untyped-def]
    typed("\n  \n175B\r\nnext\n")
    assert Pipe().answer("number") == Typed("175B")


@pytest.mark.parametrize("key", ["hint", "skip", "flag", "undo", "quit"])
def test_a_command_ends_the_answer_with_what_was_typed_so_far(typed, key: str) -> None:  # type: ignore[no-untyped-def]
    typed(f"half\n :{key} \n")
    assert Pipe().answer("open") == Pressed(key, "half")


def test_what_only_looks_like_a_command_is_an_answer(typed) -> None:  # type: ignore[no-untyped-def]
    typed("use :hint here\n:hints\n.\n")
    assert Pipe().answer("open") == Typed("use :hint here\n:hints")


def test_the_end_of_input_ends_the_sitting(typed) -> None:  # type: ignore[no-untyped-def]
    typed("half")
    assert Pipe().answer("open") == Pressed("end", "half")
    assert Pipe().answer("number") == Pressed("end", "")


def test_ctrl_c_is_told_apart_from_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    assert Pipe().answer("open", "half") == Pressed("stop", "half")


def test_in_a_pipe_nothing_is_asked_back_and_nothing_kept_while_it_is_read(typed) -> None:  # type: ignore[no-untyped-def]
    typed("half\n.\n")
    drafts: list[str] = []
    Pipe().answer("open", keep=drafts.append)
    assert (drafts, Pipe().line("why?"), Pipe().key("y/n", "yn\n")) == ([], "", "\n")


def test_without_a_screen_to_draw_on_every_line_is_kept_as_it_is_typed(
    typed,
    capsys: pytest.CaptureFixture[str],  # type: ignore[no-untyped-def]
) -> None:
    typed("more\n.\n")
    drafts: list[str] = []
    assert Lines(Words("en")).answer("open", "half\nan answer", drafts.append) == Typed("half\nan answer\nmore")
    assert drafts == ["half\nan answer\nmore"]
    assert capsys.readouterr().out.splitlines()[-2:] == ["half", "an answer"]  # the draft is shown


@pytest.mark.parametrize(("text", "key"), [("y\n", "y"), ("  Yes\n", "y"), ("x\nn\n", "n"), ("\n", "\n"), ("", "q")])
def test_without_a_screen_a_key_is_a_line_and_others_are_asked_again(typed, text: str, key: str) -> None:  # type: ignore[no-untyped-def]
    typed(text)
    assert Lines(Words("en")).key("y yes|n no", "yn\n") == key
