"""The editor that every answer is typed into: its keys, its last line, and what keeps an unfinished answer."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os.path import commonpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

WORD = re.compile(r"(?:[\u3400-\u9fff]{1,2}|[^\s\u3400-\u9fff]+)\s*$|\s+$")
"""What Ctrl-W deletes: a word with the spaces after it. Most Chinese words have two characters."""
EVERY = 3
"""Seconds between two writings of what is being typed."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A command in the place of an answer: one of CONTROLS, stop (Ctrl-C) or end (of the input)."""

    key: str
    draft: str = ""
    """What stood in the editor."""


Reply = Typed | Pressed
"""What comes back from the keyboard."""
Keep = Callable[[str], None]
"""Told what has been typed so far."""


def forget(_text: str) -> None:
    """Keep nothing of what is being typed."""


def keeping(session: PromptSession[Any], keep: Keep, draft: str) -> None:
    """Tell `keep` of what is typed into the editor that is about to run, now and then; `draft` is kept already."""
    import asyncio  # 40 ms, which the first question does not wait for

    async def keep_on() -> None:
        written = draft
        while True:
            await asyncio.sleep(EVERY)
            if session.default_buffer.text != written:
                written = session.default_buffer.text
                keep(written)

    session.app.create_background_task(keep_on())


def toolbar(keys: str) -> str:
    """The keys in as few lines as the terminal's width allows."""
    from prompt_toolkit.application import get_app

    return "\n".join(key_lines(keys, get_app().output.get_size().columns))


def key_lines(keys: str, width: int) -> list[str]:
    """The keys in as few lines as `width` cells allow."""
    from rich.cells import cell_len

    lines = [""]
    for part in keys.split("|"):
        longer = f"{lines[-1]}  {part}" if lines[-1] else f" {part}"
        if cell_len(longer) > width and lines[-1]:
            lines.append(f" {part}")
        else:
            lines[-1] = longer
    return lines


def drop_typed_ahead() -> None:
    """Forget the keys that were pressed before there was anything to answer with them."""
    import sys

    from prompt_toolkit.application.current import get_app_session
    from prompt_toolkit.input.typeahead import clear_typeahead

    clear_typeahead(get_app_session().input)
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    elif sys.stdin.isatty():
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def plain_style() -> dict[str, Any]:
    """The line of keys without reverse video, which is hard to read on many terminals."""
    from prompt_toolkit.output import ColorDepth
    from prompt_toolkit.styles import Style

    depth = ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None
    return {"style": Style.from_dict({"bottom-toolbar": "noreverse"}), "color_depth": depth}


# Ctrl-S gets here: prompt_toolkit turns the flow control of the terminal off while it reads.
CONTROLS = {"c-t": "hint", "c-r": "reveal", "c-s": "skip", "c-g": "flag", "c-z": "undo", "c-d": "quit"}
"""The keys of a drill, and the command that each stands for."""


def editor_keys(controls: Mapping[str, str], *, empty: bool, about: str = "") -> KeyBindings:
    """The keys of an editor: each control ends it with its command, as typing `:command` does; Enter submits.

    Ctrl-Z takes back what was typed, and only where nothing is left of that ends it. `empty`: whether Enter submits
    nothing too. `about`: what was asked, which an editor of the user's own shows above the answer.
    """
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    def leave_with(command: str) -> Any:
        def handler(event: KeyPressEvent) -> None:
            if command == "undo" and _typing_undone(event.current_buffer):
                return
            event.app.exit(result=Pressed(command, event.current_buffer.text))

        return handler

    for key, command in controls.items():
        bindings.add(key)(leave_with(command))

    @bindings.add("enter")
    def _submit(event: KeyPressEvent) -> None:
        typed = event.current_buffer.text.strip()
        if typed.startswith(":") and typed[1:] in controls.values():
            # The command is no draft, and nothing to leave on the screen.
            event.current_buffer.reset()
            event.app.exit(result=Pressed(typed[1:]))
        elif typed or empty:
            event.current_buffer.validate_and_handle()  # also puts it into the history

    # Alt-Enter, which a terminal sends as these two.
    @bindings.add("escape", "enter")
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @bindings.add("c-o")
    def _editor(event: KeyPressEvent) -> None:
        _open_below(event.current_buffer, about)

    if "c-z" not in controls:
        bindings.add("c-z")(lambda event: _typing_undone(event.current_buffer))
    _add_moves(bindings)

    return bindings


def _add_moves(bindings: KeyBindings) -> None:
    """Up and down by the lines that are seen, and a word back in either language."""
    from llmquiz.ui.keyboard.wrapping import moved

    def vertically(by: int) -> Any:
        def handler(event: KeyPressEvent) -> None:
            width = event.app.output.get_size().columns
            event.current_buffer.cursor_position = moved(event.current_buffer, width, by)

        return handler

    bindings.add("up")(vertically(-1))
    bindings.add("down")(vertically(1))

    @bindings.add("c-w")
    def _word(event: KeyPressEvent) -> None:
        before = event.current_buffer.document.text_before_cursor
        event.current_buffer.delete_before_cursor(len(before) - len(WORD.sub("", before)))


def _typing_undone(buffer: Buffer) -> bool:
    """Take back what was typed last, a word of Latin letters as a whole; whether there was something."""
    at_first = buffer.text
    while True:
        before = buffer.text
        buffer.undo()
        taken = before[len(commonpath([before, buffer.text])) :][:1]
        # Each letter is a step of its own; a deletion and what was pasted are one each.
        if len(before) - len(buffer.text) != 1 or not (taken.isascii() and taken.isalnum()):
            return buffer.text != at_first


def _open_below(buffer: Buffer, about: str) -> None:
    """Open the answer in the user's own editor, below what was asked; lines of that begin with `# ` and come off."""
    draft, asked = buffer.text, [f"# {line}" for line in about.splitlines()]
    buffer.text = "\n".join([*asked, draft])
    # Written to a file at once; here nobody sees the question.
    task = buffer.open_in_editor()
    buffer.text = draft

    def clean(_buffer: Buffer) -> None:
        lines = buffer.text.split("\n")
        while lines and lines[0] in asked:
            lines.pop(0)
        if len(lines) < len(buffer.text.split("\n")):
            buffer.text = "\n".join(lines)
            buffer.cursor_position = len(buffer.text)

    buffer.on_text_changed += clean
    task.add_done_callback(lambda _task: buffer.on_text_changed.remove_handler(clean))


def single_keys(allowed: str, numbers: bool = False) -> KeyBindings:
    """Each of the keys in `allowed` ends it with itself; any other does nothing.

    `numbers`: digits and spaces are typed, and Enter sends them.
    """
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    def pressed(key: str) -> Any:
        def handler(event: KeyPressEvent) -> None:
            event.app.exit(result=key)

        return handler

    def sent(event: KeyPressEvent) -> None:
        event.app.exit(result=event.current_buffer.text.strip() or "\n")

    def typed(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(event.data)

    for key in allowed:
        bindings.add("enter" if key == "\n" else key)(sent if key == "\n" and numbers else pressed(key))
    bindings.add("c-d")(pressed("q"))
    if numbers:
        for key in "0123456789 ,":
            bindings.add(key)(typed)
        bindings.add("backspace")(lambda event: event.current_buffer.delete_before_cursor())

    # prompt_toolkit prefers the more exact binding: this one takes what is left.
    @bindings.add("<any>")
    def _nothing(event: KeyPressEvent) -> None:
        """Any other key does nothing."""

    return bindings
