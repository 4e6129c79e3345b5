"""The day that people mean, seen from a Tuesday."""

from __future__ import annotations

from datetime import date

import pytest

from llmquiz.schedule.day_names import named_day

TUESDAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-03", "2026-12-03"),
        ("2026/12/3", "2026-12-03"),
        ("20261203", "2026-12-03"),
        ("2026年12月3日", "2026-12-03"),
        ("12/03", "2026-12-03"),
        ("12-3", "2026-12-03"),
        ("13/12", "2026-12-13"),  # there is no month 13
        ("12月3号", "2026-12-03"),
        ("11/30", "2027-11-30"),  # the next one
        ("12/01", "2027-12-01"),  # today is no day to come
        ("thursday", "2026-12-03"),
        ("Thu", "2026-12-03"),
        ("on friday", "2026-12-04"),
        ("tuesday", "2026-12-08"),
        ("monday", "2026-12-07"),
        ("next thursday", "2026-12-10"),
        ("周四", "2026-12-03"),
        ("星期天", "2026-12-06"),
        ("下周四", "2026-12-10"),
        ("下个星期一", "2026-12-07"),
        ("+4d", "2026-12-05"),
        ("4", "2026-12-05"),
        ("in 4 days", "2026-12-05"),
        ("+2w", "2026-12-15"),
        ("4天后", "2026-12-05"),
        ("两周后", "2026-12-15"),
        ("＋４ｄ", "2026-12-05"),
        ("tomorrow", "2026-12-02"),
        ("后天", "2026-12-03"),
    ],
)
def test_a_day_is_named_as_people_name_it(text: str, day: str) -> None:
    named = named_day(text, TUESDAY)
    assert named is not None
    assert named.isoformat() == day


@pytest.mark.parametrize(
    "text", ["", "soon", "t", "th", "2026-02-30", "13/13", "0/5", "thursdays", "周八", "+4y", "-3d"]
)
def test_what_names_no_day_is_none(text: str) -> None:
    assert named_day(text, TUESDAY) is None
