"""The keyboard: an editor in a terminal, plain lines in a pipe. Both give the same replies."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from llmquiz.ui.words import Words

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

LONG = ("open",)
"""Kinds whose answer may have several lines."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A wish other than an answer: hint, skip, flag, undo, quit, stop (Ctrl-C) or end (of the input)."""

    key: str
    draft: str = ""
    """What stood in the editor."""


Reply = Typed | Pressed


class Asker(Protocol):
    """Reads what the learner says."""

    interactive: bool

    def answer(self, kind: str, draft: str = "") -> Reply:
        """An answer to a question of `kind`; `draft` is put into the editor."""

    def line(self, label: str) -> str:
        """One line, such as what is wrong with a question."""

    def key(self, keys: str, allowed: str) -> str:
        """One of the keys in `allowed`; Enter is `\\n`."""


class Pipe:
    """Answers from standard input without a terminal: nothing is asked back."""

    interactive = False

    def answer(self, kind: str, draft: str = "") -> Reply:
        lines: list[str] = []
        try:
            return self._read(kind, lines)
        except KeyboardInterrupt:
            return Pressed("stop", "\n".join(lines))

    def _read(self, kind: str, lines: list[str]) -> Reply:
        while True:
            line = sys.stdin.readline()
            text = line.rstrip("\r\n")
            if not line:
                return Pressed("end", "\n".join(lines))
            if text.strip() in {":hint", ":skip", ":flag", ":undo", ":quit"}:
                return Pressed(text.strip()[1:], "\n".join(lines))
            if kind in {"open", "claim"}:
                if text == ".":
                    return Typed("\n".join(lines))
                lines.append(text)
            elif text.strip():
                return Typed(text)

    def line(self, label: str) -> str:
        return ""

    def key(self, keys: str, allowed: str) -> str:
        return "\n"


class Terminal:
    """An editor with history, wide characters and one line of keys that stays in sight."""

    interactive = True

    def __init__(self, words: Words) -> None:
        self._words = words
        self._history: Any = None

    def answer(self, kind: str, draft: str = "") -> Reply:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory

        self._history = self._history or InMemoryHistory()
        keys = self._words("keys.open" if kind in LONG or kind == "claim" else "keys.line")
        session: PromptSession[Any] = PromptSession(
            history=self._history,
            key_bindings=editor_keys(_CONTROLS, empty=True),
            multiline=True,
            prompt_continuation=lambda width, number, wrapped: "  ",
            bottom_toolbar=lambda: toolbar(keys),
            enable_open_in_editor=False,
            reserve_space_for_menu=0,
            tempfile_suffix=".md",
            **plain_style(),
        )
        try:
            result = session.prompt("> ", default=draft)
        except (EOFError, KeyboardInterrupt) as stopped:
            key = "stop" if isinstance(stopped, KeyboardInterrupt) else "quit"
            return Pressed(key, session.default_buffer.text)
        return result if isinstance(result, Pressed) else Typed(str(result))

    def line(self, label: str) -> str:
        from prompt_toolkit import prompt

        try:
            return prompt(f"{label}\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            return ""

    def key(self, keys: str, allowed: str) -> str:
        from prompt_toolkit import PromptSession

        session: PromptSession[str] = PromptSession(
            key_bindings=_single_keys(allowed),
            bottom_toolbar=lambda: toolbar(keys),
            reserve_space_for_menu=0,
            erase_when_done=True,
            **plain_style(),
        )
        try:
            return session.prompt("")
        except EOFError:
            return "q"


def toolbar(keys: str) -> str:
    """The keys in as few lines as the terminal's width allows."""
    from prompt_toolkit.application import get_app
    from rich.cells import cell_len

    width, lines = get_app().output.get_size().columns, [""]
    for part in keys.split("|"):
        longer = f"{lines[-1]}  {part}" if lines[-1] else f" {part}"
        if cell_len(longer) > width and lines[-1]:
            lines.append(f" {part}")
        else:
            lines[-1] = longer
    return "\n".join(lines)


def plain_style() -> dict[str, Any]:
    """The line of keys without reverse video, which is hard to read on many terminals."""
    from prompt_toolkit.output import ColorDepth
    from prompt_toolkit.styles import Style

    depth = ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None
    return {"style": Style.from_dict({"bottom-toolbar": "noreverse"}), "color_depth": depth}


_CONTROLS = {"c-t": "hint", "c-s": "skip", "c-g": "flag", "c-z": "undo", "c-d": "quit"}


def editor_keys(controls: Mapping[str, str], *, empty: bool) -> KeyBindings:
    """The keys of an editor: each control ends it with its wish, as :wish does; Enter submits, `empty` or not."""
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    def leave_with(wish: str) -> Any:
        def handler(event: KeyPressEvent) -> None:
            event.app.exit(result=Pressed(wish, event.current_buffer.text))

        return handler

    for key, wish in controls.items():
        bindings.add(key)(leave_with(wish))

    @bindings.add("enter")
    def _submit(event: KeyPressEvent) -> None:
        typed = event.current_buffer.text.strip()
        if typed.startswith(":") and typed[1:] in controls.values():
            event.current_buffer.reset()
            event.app.exit(result=Pressed(typed[1:]))
        elif typed or empty:
            event.current_buffer.validate_and_handle()

    @bindings.add("escape", "enter")
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @bindings.add("c-o")
    def _editor(event: KeyPressEvent) -> None:
        event.current_buffer.open_in_editor()

    return bindings


def _single_keys(allowed: str) -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    def pressed(key: str) -> Any:
        def handler(event: KeyPressEvent) -> None:
            event.app.exit(result=key)

        return handler

    for key in allowed:
        bindings.add("enter" if key == "\n" else key)(pressed(key))
    bindings.add("c-d")(pressed("q"))

    @bindings.add("<any>")
    def _nothing(event: KeyPressEvent) -> None:
        """Any other key does nothing."""

    return bindings


def asker(words: Words) -> Asker:
    """The asker for where standard input comes from."""
    return Terminal(words) if sys.stdin.isatty() and sys.stdout.isatty() else Pipe()
