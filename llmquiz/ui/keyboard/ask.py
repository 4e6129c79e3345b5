"""The keyboard: an editor in a terminal, plain lines in a pipe. Both give the same replies."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

from llmquiz.messages.ui import Words
from llmquiz.ui.keyboard.editor import (
    CONTROLS,
    Keep,
    Pressed,
    Reply,
    Typed,
    drop_typed_ahead,
    editor_keys,
    forget,
    keeping,
    plain_style,
    single_keys,
    toolbar,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.key_binding import KeyBindings

    from llmquiz.ui.keyboard.watch import Watch

__all__ = ["Asker", "Keep", "Lines", "Pipe", "Pressed", "Reply", "Terminal", "Typed", "asker", "can_draw", "forget"]

LONG = ("open", "claim", "spoken", "closing")
"""What is answered in several lines: kinds of question, and the turns of an interviewer that are none."""


class Asker(Protocol):
    """Reads what the learner says."""

    interactive: bool
    restored: str
    """The name of what to say of an unfinished answer that is back."""

    def answer(
        self, kind: str, draft: str = "", keep: Keep = forget, watch: Watch | None = None, about: str = ""
    ) -> Reply:
        """An answer to a question of `kind`; `draft` is put into the editor, `keep` is told what stands there.

        `about` is what was asked, for an editor of the user's own.

        `watch` is the clock of an interview, whose keyboard runs against it: `Pressed("cut", text)` where the time was
        up and the interviewer is strict.
        """

    def line(self, label: str) -> str:
        """One line, such as what is wrong with a question."""

    def key(self, keys: str, allowed: str, numbers: bool = False) -> str:
        """One of the keys in `allowed`; Enter is `\\n`. `numbers`: or numbers, as they were typed, such as `3 5`."""


class Pipe:
    """Answers from standard input without a terminal: nothing is asked back."""

    interactive = False
    restored = ""

    def answer(
        self, kind: str, draft: str = "", keep: Keep = forget, watch: Watch | None = None, about: str = ""
    ) -> Reply:
        return self._answer(kind, draft, forget)  # what is in a pipe can be sent again

    def _answer(self, kind: str, draft: str, keep: Keep) -> Reply:
        """The answer that begins with `draft`, where it may have several lines: a command inside ends nothing."""
        lines = draft.splitlines() if kind in LONG else []
        try:
            return self._read(kind, lines, keep)
        except KeyboardInterrupt:
            return Pressed("stop", "\n".join(lines))

    def _read(self, kind: str, lines: list[str], keep: Keep) -> Reply:
        while True:
            line = sys.stdin.readline()
            text = line.rstrip("\r\n")
            # An empty line would still have its line break.
            if not line:
                return Pressed("end", "\n".join(lines))
            command = text.strip().removeprefix(":")
            if command in CONTROLS.values() and text.strip() != command:
                return Pressed(command, "\n".join(lines))
            if kind in LONG:
                if text == ".":
                    return Typed("\n".join(lines))
                lines.append(text)
                keep("\n".join(lines))
            elif text.strip():
                return Typed(text)

    def line(self, label: str) -> str:
        return ""

    def key(self, keys: str, allowed: str, numbers: bool = False) -> str:
        return "\n"


class Lines(Pipe):
    """A terminal in which nothing can be drawn (Emacs' shell, some screen readers): a line to read, a line to type."""

    interactive = True
    restored = "lines.draft"

    def __init__(self, words: Words, commands: str = "lines.drill") -> None:
        self._words, self._commands = words, commands

    def answer(
        self, kind: str, draft: str = "", keep: Keep = forget, watch: Watch | None = None, about: str = ""
    ) -> Reply:
        self._say(self._words("lines.open" if kind in LONG else "lines.line", commands=self._words(self._commands)))
        for line in draft.splitlines():
            self._say(line)
        return self._answer(kind, draft, keep)

    def line(self, label: str) -> str:
        self._say(label)
        return sys.stdin.readline().strip()

    def key(self, keys: str, allowed: str, numbers: bool = False) -> str:
        self._say(self._words("lines.key"))
        while True:
            self._say(keys.replace("↵ ", self._words("lines.enter")).replace("|", " · "))
            line = sys.stdin.readline()
            # Nobody is there any more.
            if not line:
                return "q"
            if numbers and line.strip()[:1].isdigit():
                return line.strip()
            pressed = line.strip().lower()[:1] or "\n"
            if pressed in allowed:
                return pressed

    def _say(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


class Terminal:
    """An editor with history, wide characters and one line of keys that stays in sight."""

    interactive = True
    restored = "ask.draft"

    def __init__(self, words: Words) -> None:
        self._words = words

    def answer(
        self, kind: str, draft: str = "", keep: Keep = forget, watch: Watch | None = None, about: str = ""
    ) -> Reply:
        keys = self._words("keys.open" if kind in LONG else "keys.line")
        return self._edit(
            draft,
            editor_keys(CONTROLS, empty=True, about=about),
            lambda: toolbar(keys),
            # A task beside the editor needs its loop, which runs only from `pre_run` on.
            lambda session: keeping(session, keep, draft),
        )

    def _edit(self, draft: str, keys: KeyBindings, bar: Callable[[], Any], begin: Callable[[Any], None]) -> Reply:
        """What is typed into an editor above `bar`; `begin` is told of the editor once it runs."""
        from prompt_toolkit import PromptSession

        from llmquiz.ui.keyboard.wrapping import WordWrap

        # A history of its own: an answer to another question is never put in the place of this one.
        session: PromptSession[Any] = PromptSession(
            key_bindings=keys,
            input_processors=[WordWrap()],
            # Enter is editor_keys'; what is pasted may have several lines.
            multiline=True,
            prompt_continuation=lambda width, number, wrapped: "  ",
            bottom_toolbar=bar,
            enable_open_in_editor=False,  # Ctrl-O is its key here
            # No menu of completions: else eight empty lines would stand above the keys.
            reserve_space_for_menu=0,
            tempfile_suffix=".md",
            **plain_style(),
        )
        try:
            result = session.prompt("> ", default=draft, pre_run=lambda: begin(session))
        except (EOFError, KeyboardInterrupt) as stopped:
            # EOFError is a closed terminal: the key Ctrl-D is one of CONTROLS.
            key = "stop" if isinstance(stopped, KeyboardInterrupt) else "quit"
            return Pressed(key, session.default_buffer.text)
        return result if isinstance(result, Pressed) else Typed(str(result))

    def line(self, label: str) -> str:
        from prompt_toolkit import prompt

        try:
            return prompt(f"{label}\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            return ""

    def key(self, keys: str, allowed: str, numbers: bool = False) -> str:
        from prompt_toolkit import PromptSession

        drop_typed_ahead()
        session: PromptSession[str] = PromptSession(
            key_bindings=single_keys(allowed, numbers),
            bottom_toolbar=lambda: toolbar(keys),
            reserve_space_for_menu=0,
            erase_when_done=True,
            **plain_style(),
        )
        try:
            # Ctrl-C passes: between two answers it ends the sitting.
            return session.prompt("")
        except EOFError:
            return "q"


def asker(words: Words) -> Asker:
    """The asker for where standard input comes from."""
    if not at_terminal():
        return Pipe()
    return Terminal(words) if can_draw() else Lines(words)


def at_terminal() -> bool:
    """Whether somebody sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def can_draw() -> bool:
    """Whether an editor can be drawn in this terminal."""
    from prompt_toolkit.utils import is_dumb_terminal

    if is_dumb_terminal():
        return False
    if sys.platform != "win32":
        return True
    from prompt_toolkit.output import create_output
    from prompt_toolkit.output.win32 import NoConsoleScreenBufferError  # type: ignore[attr-defined,unused-ignore]

    try:
        create_output()
    except NoConsoleScreenBufferError:  # a terminal that is no Windows console, such as Git Bash's
        return False
    return True
