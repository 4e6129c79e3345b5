"""The keyboard of an interview: the editor with a countdown that runs while one types, and plain lines in a pipe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from llmquiz.messages.ui import Words
from llmquiz.ui.keyboard.ask import Asker, Lines, Pipe, Terminal, at_terminal, can_draw
from llmquiz.ui.keyboard.editor import EVERY, Keep, Pressed, Reply, Typed, editor_keys, forget, toolbar
from llmquiz.ui.keyboard.watch import Watch

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent


class TimedLines(Lines):
    """A terminal in which nothing can be drawn: the time is told before each answer, and taken when it is sent."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, "lines.mock")

    def answer(
        self, kind: str, draft: str = "", keep: Keep = forget, watch: Watch | None = None, about: str = ""
    ) -> Reply:
        if watch is None:
            return super().answer(kind, draft, keep)
        in_time = draft

        def read(text: str) -> None:
            nonlocal in_time
            keep(text)
            # A line is taken only when it is sent: a strict interviewer gets what stood there in time.
            if watch.sign != "over":
                in_time = text

        self._say(watch.line(self._words).replace("|", " "))
        reply = super().answer(kind, draft, read)
        late = watch.strict and watch.sign == "over" and isinstance(reply, Typed)
        return Pressed("cut", in_time) if late else reply


class TimedTerminal(Terminal):
    """An editor whose last line counts down."""

    def __init__(self, words: Words, say: Callable[[str], None]) -> None:
        super().__init__(words)
        self._interject = say

    def answer(
        self, kind: str, draft: str = "", keep: Keep = forget, watch: Watch | None = None, about: str = ""
    ) -> Reply:
        if watch is None:
            return super().answer(kind, draft, keep, about=about)
        keys = self._words("mock.keys-practice" if watch.practice else "mock.keys")

        def begin(session: Any) -> None:
            session.app.create_background_task(self._tick(session, watch, keep))

        return self._edit(draft, _keys(watch, about), lambda: self._bar(watch, keys), begin)

    def _bar(self, watch: Watch, keys: str) -> Any:
        """The countdown, the last sign, the keys."""
        warning = watch.warning(self._words)
        sign = [("bold", f"{toolbar(warning)}\n")] if warning else []
        return [("", f"{toolbar(watch.line(self._words))}\n"), *sign, ("", toolbar(keys))]

    async def _tick(self, session: Any, watch: Watch, keep: Keep) -> None:
        """Each second: show the time, keep what is typed, give the signs."""
        from prompt_toolkit.application import run_in_terminal

        # An answer that is taken up again may be over its time already: it is not interrupted once more.
        written, seconds, over = "", 0, watch.sign == "over"
        while True:
            await asyncio.sleep(1)
            seconds += 1
            text = session.default_buffer.text
            if seconds % EVERY == 0 and text != written:
                keep(text)
                written = text
            if watch.sign == "over" and not over and not watch.paused:
                over = True
                if watch.strict:
                    session.app.exit(result=Pressed("cut", text))
                    return
                # Above the editor, which is drawn again below it.
                await run_in_terminal(lambda: self._interject(self._words("mock.cut-in")))
            session.app.invalidate()


def _keys(watch: Watch, about: str) -> KeyBindings:
    from prompt_toolkit.filters import Condition

    bindings = editor_keys({"c-s": "skip", "c-d": "quit"}, empty=False, about=about)

    @bindings.add("c-p")
    def _pause(event: KeyPressEvent) -> None:
        watch.pause()

    # Whatever is pressed goes on, and is not typed: of two bindings for any key the later one counts.
    @bindings.add("<any>", filter=Condition(lambda: watch.paused))
    def _resume(event: KeyPressEvent) -> None:
        watch.pause()

    return bindings


def timed(words: Words, say: Callable[[str], None]) -> Asker:
    """The keyboard for where standard input comes from; `say` prints a line of the interviewer."""
    if not at_terminal():
        return Pipe()  # its clock is the length of what is said
    return TimedTerminal(words, say) if can_draw() else TimedLines(words)
