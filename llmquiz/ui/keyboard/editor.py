"""The editor that every answer is typed into: its keys, its last line, and what keeps an unfinished answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

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


# Ctrl-S gets here: prompt_toolkit turns the flow control of the terminal off while it reads.
CONTROLS = {"c-t": "hint", "c-r": "reveal", "c-s": "skip", "c-g": "flag", "c-z": "undo", "c-d": "quit"}
"""The keys of a drill, and the command that each stands for."""


def editor_keys(controls: Mapping[str, str], *, empty: bool) -> KeyBindings:
    """The keys of an editor: each control ends it with its command, as typing `:command` does; Enter submits.

    `empty`: whether Enter submits nothing too.
    """
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    def leave_with(command: str) -> Any:
        def handler(event: KeyPressEvent) -> None:
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
        event.current_buffer.open_in_editor()

    return bindings


def single_keys(allowed: str) -> KeyBindings:
    """Each of the keys in `allowed` ends it with itself; any other does nothing."""
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    def pressed(key: str) -> Any:
        def handler(event: KeyPressEvent) -> None:
            event.app.exit(result=key)

        return handler

    for key in allowed:
        bindings.add("enter" if key == "\n" else key)(pressed(key))
    bindings.add("c-d")(pressed("q"))

    # prompt_toolkit prefers the more exact binding: this one takes what is left.
    @bindings.add("<any>")
    def _nothing(event: KeyPressEvent) -> None:
        """Any other key does nothing."""

    return bindings
