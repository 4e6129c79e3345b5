"""The keyboard of an interview: the editor with a countdown that runs while one types, and plain lines in a pipe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from llmquiz.messages.ui import Words
from llmquiz.ui.keyboard.ask import Lines, Pipe, Terminal, can_draw
from llmquiz.ui.keyboard.editor import EVERY, Pressed, Reply, Typed, editor_keys, plain_style, toolbar
from llmquiz.ui.keyboard.watch import Watch

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

Keep = Callable[[str, float], None]
"""Told what has been typed so far and the seconds used."""
SPOKEN = ("spoken", "closing")
"""Turns that are no question of the content, and answered as an open one."""


class Timed(Protocol):
    """Reads answers against the clock."""

    interactive: bool

    def answer(self, kind: str, draft: str, watch: Watch, keep: Keep) -> Reply:
        """An answer; `Pressed("cut", text)` where the time was up and the interviewer is strict."""

    def wait(self, keys: str, allowed: str) -> str:
        """One of the keys in `allowed`; Enter is `\\n`."""


class TimedPipe:
    """Answers from standard input without a terminal: the clock of a pipe is the length of what is said."""

    interactive = False

    def __init__(self) -> None:
        self._pipe = Pipe()

    def answer(self, kind: str, draft: str, watch: Watch, keep: Keep) -> Reply:
        return self._pipe.answer("open" if kind in SPOKEN else kind)

    def wait(self, keys: str, allowed: str) -> str:
        return "\n"


class TimedLines:
    """A terminal in which nothing can be drawn: the time is told before each answer, and taken when it is sent."""

    interactive = True

    def __init__(self, words: Words) -> None:
        self._words, self._lines = words, Lines(words, "lines.mock")

    def answer(self, kind: str, draft: str, watch: Watch, keep: Keep) -> Reply:
        in_time = draft

        def read(text: str) -> None:
            nonlocal in_time
            keep(text, watch.used)
            if watch.sign != "over":
                in_time = text

        sys.stdout.write(watch.line(self._words).replace("|", " ") + "\n")
        reply = self._lines.answer("open" if kind in SPOKEN else kind, draft, read)
        late = watch.strict and watch.sign == "over" and isinstance(reply, Typed)
        return Pressed("cut", in_time) if late else reply

    def wait(self, keys: str, allowed: str) -> str:
        return self._lines.key(keys, allowed)


class TimedTerminal:
    """An editor whose last line counts down."""

    interactive = True

    def __init__(self, words: Words, say: Callable[[str], None]) -> None:
        self._words, self._say = words, say

    def answer(self, kind: str, draft: str, watch: Watch, keep: Keep) -> Reply:
        from prompt_toolkit import PromptSession

        keys = self._words("mock.keys-practice" if watch.practice else "mock.keys")
        session: PromptSession[Any] = PromptSession(
            key_bindings=_keys(watch),
            multiline=True,
            prompt_continuation=lambda width, number, wrapped: "  ",
            bottom_toolbar=lambda: self._bar(watch, keys),
            enable_open_in_editor=False,
            reserve_space_for_menu=0,
            tempfile_suffix=".md",
            **plain_style(),
        )

        def run() -> None:
            session.app.create_background_task(self._tick(session, watch, keep))

        try:
            result = session.prompt("> ", default=draft, pre_run=run)
        except (EOFError, KeyboardInterrupt) as stopped:
            key = "stop" if isinstance(stopped, KeyboardInterrupt) else "quit"
            return Pressed(key, session.default_buffer.text)
        return result if isinstance(result, Pressed) else Typed(str(result))

    def _bar(self, watch: Watch, keys: str) -> Any:
        """The countdown, the last sign, the keys."""
        warning = watch.warning(self._words)
        sign = [("bold", f"{toolbar(warning)}\n")] if warning else []
        return [("", f"{toolbar(watch.line(self._words))}\n"), *sign, ("", toolbar(keys))]

    async def _tick(self, session: Any, watch: Watch, keep: Keep) -> None:
        """Each second: show the time, keep what is typed, give the signs."""
        from prompt_toolkit.application import run_in_terminal

        kept, seconds, over = "", 0, watch.sign == "over"
        while True:
            await asyncio.sleep(1)
            seconds += 1
            text = session.default_buffer.text
            if seconds % EVERY == 0 and text != kept:
                keep(text, watch.used)
                kept = text
            if watch.sign == "over" and not over and not watch.paused:
                over = True
                if watch.strict:
                    session.app.exit(result=Pressed("cut", text))
                    return
                await run_in_terminal(lambda: self._say(self._words("mock.cut-in")))
            session.app.invalidate()

    def wait(self, keys: str, allowed: str) -> str:
        return Terminal(self._words).key(keys, allowed)


def _keys(watch: Watch) -> KeyBindings:
    from prompt_toolkit.filters import Condition

    bindings = editor_keys({"c-s": "skip", "c-d": "quit"}, empty=False)

    @bindings.add("c-p")
    def _pause(event: KeyPressEvent) -> None:
        watch.pause()

    @bindings.add("<any>", filter=Condition(lambda: watch.paused))
    def _resume(event: KeyPressEvent) -> None:
        watch.pause()

    return bindings


def timed(words: Words, say: Callable[[str], None]) -> Timed:
    """The keyboard for where standard input comes from; `say` prints a line of the interviewer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return TimedPipe()
    return TimedTerminal(words, say) if can_draw() else TimedLines(words)
