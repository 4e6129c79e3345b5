"""The clock of one answer."""

from __future__ import annotations

from llmquiz.messages.ui import Words
from llmquiz.ui.keyboard.watch import Watch


class Hand:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def watch(**more: object) -> tuple[Watch, Hand]:
    """A watch of one minute in an interview with ten left."""
    hand = Hand()
    return Watch(60, 600, now=hand, **more), hand  # type: ignore[arg-type]


def test_signs_come_at_half_time_fifteen_seconds_before_the_end_and_at_the_end() -> None:
    running, hand = watch()
    signs = {}
    for second in range(70):
        hand.time = 1000.0 + second
        signs.setdefault(running.sign, second)
    assert signs == {"": 0, "half": 30, "soon": 45, "over": 60}


def test_a_short_answer_has_no_sign_of_the_last_fifteen_seconds() -> None:
    hand = Hand()
    running = Watch(12, 600, now=hand)
    hand.time += 8
    assert running.sign == "half"


def test_a_pause_stops_the_clock_in_practice_only() -> None:
    running, hand = watch(practice=True)
    hand.time += 10
    running.pause()
    hand.time += 100
    assert (running.used, running.paused) == (10, True)
    running.pause()
    hand.time += 5
    assert (running.used, running.paused) == (15, False)
    other, hand = watch()
    other.pause()
    hand.time += 100
    assert (other.used, other.paused) == (100, False)


def test_time_used_before_an_interruption_counts() -> None:
    running, hand = watch(before=20.0)
    hand.time += 10
    assert running.used == 30
    assert running.sign == "half"


def test_the_line_counts_down_and_then_up() -> None:
    running, hand = watch()
    hand.time += 15
    assert running.line(Words("en")) == "answer 0:45 of 1:00 left|interview 9:45 left"
    hand.time += 52
    assert running.line(Words("zh")) == "本题超时 0:07|全场剩 8:53"
    assert running.warning(Words("en")) == "time is up: one last sentence,|then Enter"
