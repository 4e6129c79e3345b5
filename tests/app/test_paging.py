"""What is longer than the screen comes a screenful at a time."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.text import Text

from llmquiz.app import paging as module
from llmquiz.app.context import AppContext
from llmquiz.app.paging import paged, rows
from tests.app.scripted import Scripted


def shown(context: AppContext, lines: int, asker: Scripted) -> list[str]:
    console = Console(width=80, height=24)
    context.print_to(console)
    with console.capture() as capture:
        paged(context, asker, Text("\n".join(f"line {n}" for n in range(lines))))
    return capture.get().splitlines()


def test_the_room_is_what_the_keys_and_the_cursor_leave(context: AppContext) -> None:
    context.print_to(Console(width=20, height=24))
    assert rows(context, "a b|c d") == 22
    assert rows(context, "one key of many|another key|a third") == 20


def test_what_fits_is_shown_at_once(context: AppContext) -> None:
    asker = Scripted()
    assert shown(context, 22, asker) == [f"line {n}" for n in range(22)]
    assert asker.labels == []


def test_what_does_not_fit_waits_for_a_key(context: AppContext) -> None:
    asker = Scripted(keys=["\n", " "])
    assert shown(context, 60, asker) == [f"line {n}" for n in range(60)]
    assert [label.rsplit("|", 1)[1] for label in asker.labels] == ["1/3", "2/3"]


def test_where_something_comes_after_it_the_last_page_waits_too(context: AppContext) -> None:
    asker = Scripted(keys=["\n"])
    console = Console(width=80, height=24)
    context.print_to(console)
    with console.capture():
        paged(context, asker, Text("one line"), back=True)
    assert asker.labels == [context.words("keys.back", pages="1/1")]


def test_q_goes_back(context: AppContext) -> None:
    assert shown(context, 60, Scripted(keys=["\n", "q"])) == [f"line {n}" for n in range(44)]


@pytest.mark.parametrize("lines", [3, 100])
def test_a_pipe_gets_everything(context: AppContext, lines: int) -> None:
    assert len(shown(context, lines, Scripted(interactive=False))) == lines


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_waits(context: AppContext, monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    keyboard = Scripted()
    monkeypatch.setattr(module, "at_terminal", lambda: terminal)
    monkeypatch.setattr(module, "asker", lambda words: keyboard)
    console = Console(width=80, height=24)
    context.print_to(console)
    with console.capture() as capture:
        module.shown(context, Text("\n".join(f"line {n}" for n in range(60))))
    assert capture.get().splitlines() == [f"line {n}" for n in range(60)]
    assert len(keyboard.labels) == (2 if terminal else 0)
