"""The day that people mean: 2026-12-03, 12/03, thursday, +4d; 12月3日, 周四, 下周四, 4天后."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HAN_WEEKDAYS = "一二三四五六日"
HAN_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
NEAR = {"today": 0, "tonight": 0, "tomorrow": 1, "今天": 0, "明天": 1, "后天": 2, "大后天": 3}
LEAST = 3
"""Letters from which the beginning of a weekday stands for it."""

_COUNT = r"(\d{1,4}|[一两二三四五六七八九十])"
_FORMS: tuple[tuple[str, Callable[[re.Match[str], date], date | None]], ...] = (
    (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?", lambda m, _: date(*map(int, m.groups()))),
    (r"(\d{4})(\d{2})(\d{2})", lambda m, _: date(*map(int, m.groups()))),
    (r"(\d{1,2})[-/.月](\d{1,2})[日号]?", lambda m, today: _next(int(m[1]), int(m[2]), today)),
    (rf"(?:in |\+)?{_COUNT} ?(?:d|days?|天)?(?:后|之后|以后)?", lambda m, today: _later(today, m[1], 1)),
    (rf"(?:in |\+)?{_COUNT} ?(?:w|weeks?|周|个?星期)(?:后|之后|以后)?", lambda m, today: _later(today, m[1], 7)),
    (r"(next |on )?([a-z]+)", lambda m, today: _weekday(_english(m[2]), today, m[1] == "next ")),
    (
        rf"(下|这|本)?(?:个)?(?:周|星期|礼拜)([{HAN_WEEKDAYS}天])",
        lambda m, today: _weekday(HAN_WEEKDAYS.find(m[2].replace("天", "日")), today, m[1] == "下"),
    ),
)


def named_day(text: str, today: date) -> date | None:
    """The day that a text names, seen from today; nothing where it names none.

    A weekday is the next one after today, with "next" (下周四) that of the next week; a day without a year is the next
    such day; of 12/03 the month stands first unless it cannot be one.
    """
    typed = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if typed in NEAR:
        return today + timedelta(NEAR[typed])
    for form, day in _FORMS:
        if match := re.fullmatch(form, typed):
            with suppress(ValueError, OverflowError):  # 2026-02-30
                return day(match, today)
            return None
    return None


def _next(month: int, day: int, today: date) -> date:
    if month > 12:
        month, day = day, month
    first = date(today.year, month, day)
    return first if first > today else date(today.year + 1, month, day)


def _later(today: date, count: str, days: int) -> date:
    return today + timedelta(days * (HAN_NUMBERS.get(count) or int(count)))


def _english(word: str) -> int:
    fits = [at for at, name in enumerate(WEEKDAYS) if name.startswith(word) and len(word) >= LEAST]
    return fits[0] if fits else -1


def _weekday(weekday: int, today: date, in_next_week: bool) -> date | None:
    if weekday < 0:
        return None
    if in_next_week:
        return today + timedelta(7 - today.weekday() + weekday)
    return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
