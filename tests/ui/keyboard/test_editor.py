"""The keys of an editor, its last line, and what keeps an unfinished answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput
from prompt_toolkit.output import ColorDepth, DummyOutput
from prompt_toolkit.styles import default_ui_style, merge_styles
from rich.cells import cell_len

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.keyboard.editor import (
    CONTROLS,
    EVERY,
    Pressed,
    editor_keys,
    keeping,
    plain_style,
    single_keys,
    toolbar,
)

BYTES = {key: chr(ord(key[-1]) - ord("a") + 1) for key in CONTROLS}
"""What a terminal sends for Ctrl and a letter."""


def typed(keyboard: PipeInput, keys: str, *, empty: bool = True) -> Any:
    """What an editor gives back after these keys."""
    keyboard.send_text(keys)
    return PromptSession(key_bindings=editor_keys(CONTROLS, empty=empty), multiline=True).prompt()


@pytest.mark.parametrize(("key", "command"), [pair for pair in CONTROLS.items() if pair[1] != "undo"])
def test_a_control_leaves_with_its_command_and_what_stood_there(keyboard: PipeInput, key: str, command: str) -> None:
    assert typed(keyboard, f"half{BYTES[key]}") == Pressed(command, "half")


def test_ctrl_z_takes_back_what_was_typed_before_it_takes_back_an_answer(keyboard: PipeInput) -> None:
    assert typed(keyboard, f"half{BYTES['c-z']}{BYTES['c-z']}") == Pressed("undo", "")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("one two", "one "),
        ("one two  ", "one "),
        ("它省了缓存", "它省了"),  # two characters: no dictionary is asked
        ("用 KV cache", "用 KV "),
        ("缓存KV", "缓存"),
        ("（前缀）", "（前缀"),
    ],
)
def test_ctrl_w_deletes_a_word_in_either_language(keyboard: PipeInput, text: str, left: str) -> None:
    assert typed(keyboard, f"{text}\x17|\r") == f"{left}|"


def test_up_and_down_move_within_the_answer_and_never_leave_it(keyboard: PipeInput) -> None:
    words = "word " * 30  # two lines of a screen of 80 cells
    assert typed(keyboard, f"{words}.\x1b[A|\x1b[B|\r").replace("|", "") == f"{words}."
    assert typed(keyboard, "ab\x1b[A|\x1b[B\x1b[B|\r") == "|ab|"


@pytest.mark.parametrize("command", CONTROLS.values())
def test_a_command_that_is_typed_leaves_nothing_behind(keyboard: PipeInput, command: str) -> None:
    keyboard.send_text(f" :{command} \r")
    session: PromptSession[Any] = PromptSession(key_bindings=editor_keys(CONTROLS, empty=True), multiline=True)
    assert (session.prompt(), session.default_buffer.text) == (Pressed(command), "")


def test_what_only_looks_like_a_command_is_an_answer(keyboard: PipeInput) -> None:
    assert [typed(keyboard, keys) for keys in (":stop\r", "a :hint\r", "hint\r")] == [":stop", "a :hint", "hint"]


def test_enter_sends_and_alt_enter_begins_a_line(keyboard: PipeInput) -> None:
    assert typed(keyboard, "first\x1b\rsecond\r") == "first\nsecond"


def test_where_nothing_may_not_be_sent_enter_waits_for_something(keyboard: PipeInput) -> None:
    assert typed(keyboard, "\r \r.\r", empty=False) == " ."
    assert typed(keyboard, "\r\x04") == ""


@pytest.mark.parametrize(("saved", "answer"), [(True, "half, mended"), (False, "half")])
def test_ctrl_o_opens_the_answer_below_its_question_in_an_editor_of_ones_own(
    keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch, saved: bool, answer: str
) -> None:
    opened: list[str] = []

    def edit(_buffer: Any, name: str) -> bool:
        path = Path(name)
        opened.append(path.read_text(encoding="utf-8"))
        path.write_text(f"{opened[0]}, mended\n", encoding="utf-8")
        keyboard.send_text("\r")
        return saved

    monkeypatch.setattr("prompt_toolkit.buffer.Buffer._open_file_in_editor", edit)
    keyboard.send_text("half\x0f")
    bindings = editor_keys(CONTROLS, empty=True, about="为什么？\nAnd?")
    assert PromptSession(key_bindings=bindings, multiline=True).prompt() == answer
    assert opened == ["# 为什么？\n# And?\nhalf"]


@pytest.mark.parametrize(("keys", "pressed"), [("xY:y", "y"), ("\x1b[An", "n"), (" \r", "\n"), ("\x04", "q")])
def test_of_single_keys_the_first_that_is_allowed_counts(keyboard: PipeInput, keys: str, pressed: str) -> None:
    keyboard.send_text(keys)
    session: PromptSession[str] = PromptSession(key_bindings=single_keys("yn\n"))
    assert (session.prompt(), session.default_buffer.text) == (pressed, "")


@pytest.mark.parametrize("lang", LANGS)
def test_the_keys_take_as_few_lines_as_the_width_allows(monkeypatch: pytest.MonkeyPatch, lang: Lang) -> None:
    keys = Words(lang)("keys.open")
    parts = keys.split("|")
    for columns in range(5, 120):
        monkeypatch.setattr(DummyOutput, "get_size", lambda self, columns=columns: Size(40, columns))
        lines = toolbar(keys).split("\n")
        rows = [line.strip().split("  ") for line in lines]
        assert [part for row in rows for part in row] == parts
        # A key that alone is wider than the screen has a line to itself.
        assert [line for line, row in zip(lines, rows, strict=True) if cell_len(line) > columns and len(row) > 1] == []
        nexts = [row[0] for row in rows[1:]]
        assert all(cell_len(f"{line}  {part}") > columns for line, part in zip(lines, nexts, strict=False))


def test_the_line_of_keys_is_not_in_reverse_video() -> None:
    style = merge_styles([default_ui_style(), plain_style()["style"]])
    assert not style.get_attrs_for_style_str("class:bottom-toolbar").reverse


@pytest.mark.parametrize(("value", "depth"), [("1", ColorDepth.DEPTH_1_BIT), ("", None)])
def test_who_wants_no_colour_gets_none(monkeypatch: pytest.MonkeyPatch, value: str, depth: object) -> None:
    monkeypatch.setenv("NO_COLOR", value)
    assert plain_style()["color_depth"] is depth


def test_what_is_typed_is_kept_now_and_then_and_only_where_it_changed(
    keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    drafts: list[str] = []
    more = iter(["", " an", "", " answer"])

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        text = next(more, None)
        if text is None:
            get_app().exit(result="")
            await asyncio.Future()
        get_app().current_buffer.insert_text(text)

    session: PromptSession[str] = PromptSession()
    session.app.terminal_size_polling_interval = None  # which would wait as well
    monkeypatch.setattr(asyncio, "sleep", wait)
    session.prompt(default="half", pre_run=lambda: keeping(session, drafts.append, "half"))
    assert drafts == ["half an", "half an answer"]
    assert set(waits) == {EVERY}
