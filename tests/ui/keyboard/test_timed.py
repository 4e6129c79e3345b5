"""The keyboard of an interview: what a clock that runs out does to an answer, in an editor and in plain lines."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session, get_app
from prompt_toolkit.input import PipeInput
from prompt_toolkit.output.plain_text import PlainTextOutput

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.keyboard import timed as module
from llmquiz.ui.keyboard.ask import Pipe, Reply
from llmquiz.ui.keyboard.editor import EVERY, Keep, Pressed, Typed, forget
from llmquiz.ui.keyboard.timed import TimedLines, TimedTerminal, timed
from llmquiz.ui.keyboard.watch import Watch
from tests.ui.keyboard.test_watch import Hand, watch

EN = Words("en")
OVER = 60
"""Seconds at which the time of `watch()` is up."""
Type = Callable[..., Reply]


@pytest.fixture
def answer(keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type into an editor against a watch that goes on by itself: `keys` are pressed after so many seconds."""

    def call(
        running: tuple[Watch, Hand], keys: Mapping[int, str], *, say: Callable[[str], None] = forget,
        draft: str = "", keep: Keep = forget,
    ) -> Reply:  # fmt: skip
        clock, hand = running
        begun, last = hand.time, max(keys, default=OVER + 5)

        async def wait(seconds: float) -> None:
            hand.time += seconds
            get_app().max_render_postpone_time = None  # these rounds leave the loop no idle moment to draw in
            keyboard.send_text(keys.get(round(hand.time - begun), ""))
            for _ in range(5):  # rounds of the loop, in which the keys arrive
                await asyncio.sleep(0)
            # No key is left that could end the answer: it would be waited for.
            if hand.time - begun > last + EVERY:
                get_app().exit(exception=TimeoutError("the answer has no end"))

        monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=wait))
        return TimedTerminal(EN, say).answer("open", draft, keep, clock)

    return call


def test_an_answer_is_sent_in_time(answer: Type) -> None:
    assert answer(watch(), {1: "In", 2: " time.\r"}) == Typed("In time.")


def test_a_strict_interviewer_takes_what_stands_there_when_the_time_is_up(answer: Type) -> None:
    assert answer(watch(strict=True), {OVER - 1: "half an"}) == Pressed("cut", "half an")


def test_any_other_interrupts_once_and_waits(answer: Type) -> None:
    interjected: list[str] = []
    reply = answer(watch(), {1: "A long", OVER + 5: " answer.\r"}, say=interjected.append)
    assert (reply, interjected) == (Typed("A long answer."), [EN("mock.cut-in")])


def test_nobody_is_interrupted_while_the_clock_stands(answer: Type) -> None:
    clock, hand = watch(practice=True)
    begun, interjected = hand.time, list[float]()
    keys = {OVER: "\x10", OVER + 5: "x", OVER + 6: ".\r"}
    assert answer((clock, hand), keys, say=lambda _: interjected.append(hand.time - begun)) == Typed(".")
    assert interjected == [OVER + 5]


@pytest.mark.parametrize("strict", [True, False])
def test_an_answer_taken_up_again_after_its_time_is_not_interrupted_once_more(answer: Type, strict: bool) -> None:
    interjected: list[str] = []
    reply = answer(watch(before=OVER, strict=strict), {3: " more\r"}, draft="half", say=interjected.append)
    assert (reply, interjected) == (Typed("half more"), [])


@pytest.mark.parametrize(("practice", "text"), [(True, "Words"), (False, "xWords")])
def test_in_practice_the_clock_can_be_stopped_and_the_key_that_goes_on_is_not_typed(
    answer: Type, practice: bool, text: str
) -> None:
    clock, hand = watch(practice=practice)
    assert answer((clock, hand), {1: "\x10", 5: "x", 7: "Words\r"}) == Typed(text)
    assert clock.used == (3 if practice else 7)


@pytest.mark.parametrize(
    ("keys", "reply"),
    [
        ("half\x13", Pressed("skip", "half")),
        ("half\x04", Pressed("quit", "half")),
        ("half\x03", Pressed("stop", "half")),
        (":quit\r", Pressed("quit")),
        ("\r \r.\r", Typed(" .")),  # nothing is no answer
        ("a\x1b\rb\r", Typed("a\nb")),
        (":hint\r", Typed(":hint")),  # no interviewer gives one
    ],
)
def test_the_keys_of_an_interview(answer: Type, keys: str, reply: Reply) -> None:
    assert answer(watch(), {1: keys}) == reply


def test_what_is_typed_is_kept_every_few_seconds_where_it_changed(answer: Type) -> None:
    drafts: list[str] = []
    keys = {1: "a", EVERY + 1: "b", EVERY + 2: "c", 4 * EVERY: "\r"}
    assert answer(watch(), keys, keep=drafts.append) == Typed("abc")
    assert drafts == ["a", "abc"]


@pytest.mark.parametrize(
    ("used", "more", "shown"),
    [
        (0, {}, ["answer 1:00 of 1:00 left", "interview 10:00 left", "^S don't know"]),
        (0, {"practice": True}, ["^P pause"]),
        (30, {}, ["answer 0:30 of 1:00 left", EN("mock.sign-half")]),
        (OVER + 5, {}, ["answer 0:05 over", "time is up: one last sentence"]),
    ],
)
def test_below_the_answer_stand_the_countdown_the_sign_and_the_keys(
    keyboard: PipeInput, used: float, more: dict[str, Any], shown: list[str]
) -> None:
    running, hand = watch(**more)
    hand.time += used
    screen = io.StringIO()
    keyboard.send_text("\x04")
    with create_app_session(input=keyboard, output=PlainTextOutput(screen)):
        TimedTerminal(EN, forget).answer("open", watch=running)
    assert [text for text in shown if text not in screen.getvalue()] == []


def test_the_countdown_is_drawn_anew_each_second(answer: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: set[float] = set()
    line = Watch.line

    def drawing(running: Watch, words: Words) -> str:
        drawn.add(running.used)
        return line(running, words)

    monkeypatch.setattr(Watch, "line", drawing)
    answer(watch(), {4: ".\r"})
    assert drawn >= {2, 3}  # the editor itself is still being drawn in the first


class Spoken(io.StringIO):
    """Lines, each of which takes so many seconds by `hand` to come."""

    def __init__(self, text: str, hand: Hand, seconds: float) -> None:
        super().__init__(text)
        self.hand, self.seconds = hand, seconds

    def readline(self, *_: object) -> str:  # type: ignore[override]
        self.hand.time += self.seconds
        return super().readline()


@pytest.mark.parametrize(
    ("strict", "seconds", "reply"),
    [
        (True, 10, Typed("draft\nfirst\nsecond")),
        (True, 25, Pressed("cut", "draft\nfirst\nsecond")),  # only the dot came too late
        (True, 40, Pressed("cut", "draft\nfirst")),
        (True, 70, Pressed("cut", "draft")),
        (False, 70, Typed("draft\nfirst\nsecond")),
    ],
)
def test_in_lines_a_strict_interviewer_takes_those_that_were_sent_in_time(
    monkeypatch: pytest.MonkeyPatch, strict: bool, seconds: float, reply: Reply
) -> None:
    running, hand = watch(strict=strict)
    monkeypatch.setattr(sys, "stdin", Spoken("first\nsecond\n.\n", hand, seconds))
    drafts: list[str] = []
    assert TimedLines(EN).answer("open", "draft", drafts.append, running) == reply
    assert drafts == ["draft\nfirst", "draft\nfirst\nsecond"]  # what came too late is not lost


def test_a_command_that_comes_too_late_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    running, hand = watch(strict=True)
    monkeypatch.setattr(sys, "stdin", Spoken("half\n:quit\n", hand, OVER))
    assert TimedLines(EN).answer("open", watch=running) == Pressed("quit", "half")


@pytest.mark.parametrize("lang", LANGS)
def test_in_lines_the_time_is_told_before_each_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: Lang
) -> None:
    words = Words(lang)
    running, _ = watch()
    monkeypatch.setattr(sys, "stdin", io.StringIO(".\n"))
    TimedLines(words).answer("open", watch=running)
    first, *others = capsys.readouterr().out.splitlines()
    assert first == running.line(words).replace("|", " ")
    assert words("lines.mock") in "\n".join(others)


@pytest.mark.parametrize(
    ("ends", "draws", "kind"), [(True, True, TimedTerminal), (True, False, TimedLines), (False, True, Pipe)]
)
def test_the_keyboard_is_that_of_the_place(
    monkeypatch: pytest.MonkeyPatch, ends: bool, draws: bool, kind: type
) -> None:
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(sys, name, SimpleNamespace(isatty=lambda: ends))
    monkeypatch.setattr(module, "can_draw", lambda: draws)
    assert type(timed(EN, forget)) is kind
