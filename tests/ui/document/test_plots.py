"""Where the parts of the plots stand."""

from __future__ import annotations

import pytest

from llmquiz.ui.document.plots import LEFT, WIDTH, bars, time_line
from llmquiz.ui.document.report_blocks import Bar, Bars, Stop, TimeLine


def stop(number: int, start: float, seconds: float, allowed: float) -> Stop:
    """An answer on the time line."""
    return Stop(number, start, seconds, allowed, "x", "good", "")


def test_a_bar_is_as_long_as_its_value_and_never_longer_than_a_full_one() -> None:
    chart = bars(Bars("T", (Bar("a", 0.5, "50 %"), Bar("b", 1.5, "150 %", mark=0.7))))
    assert [row.length for row in chart.rows] == [chart.room / 2, chart.room]
    assert [row.mark for row in chart.rows] == [None, chart.left + 0.7 * chart.room]
    assert chart.rows[0].y < chart.rows[1].y < chart.height


def test_a_chinese_label_has_the_room_of_two_letters_a_character() -> None:
    assert bars(Bars("T", (Bar("覆盖", 1, ""),))).left == bars(Bars("T", (Bar("abcd", 1, ""),))).left


def test_an_answer_stands_where_it_was_given_and_can_be_seen_however_short() -> None:
    chart = time_line(TimeLine("T", (stop(1, 0, 0, 60), stop(2, 60, 60, 30)), 120))
    room = chart.right - LEFT
    assert [(row.x, row.allowed, row.used) for row in chart.rows] == [
        (LEFT, room / 2, 2.0),
        (LEFT + room / 2, room / 4, room / 2),
    ]
    assert chart.right < WIDTH


def test_the_axis_is_long_enough_for_the_time_that_was_given() -> None:
    chart = time_line(TimeLine("T", (stop(1, 60, 10, 120),), 70))
    assert chart.rows[0].x + chart.rows[0].allowed == pytest.approx(chart.right)


@pytest.mark.parametrize(("seconds", "minutes"), [(59, [0]), (180, [0, 1, 2, 3]), (1800, [0, 6, 12, 18, 24, 30])])
def test_at_most_six_minutes_are_named(seconds: float, minutes: list[int]) -> None:
    assert [tick.minute for tick in time_line(TimeLine("T", (), seconds)).ticks] == minutes
