"""Numbers as people write them: `175B`, `1750 亿`, `1.75e11`, `512 KiB`, `twenty`, `二十`."""

from __future__ import annotations

import re
from typing import NamedTuple

CHINESE_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
_CHINESE_MYRIADS = {"万": 10**4, "亿": 10**8}
SCALES = {
    "": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "万亿": 1e12, "千亿": 1e11, "百万": 1e6, "千万": 1e7,
    "百亿": 1e10, "十亿": 1e9, "十万": 1e5, "兆": 1e12,
    "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12, "g": 1e9,
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "trillions": 1e12,
}  # fmt: skip
ENGLISH_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: 10 * (value + 2)
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}

# Digits with an exponent (1.75e11, 1.75 × 10^11), English words up to ninety-nine, Chinese numerals.
_NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+))"
    r"(?:\s?(?:e|(?:x|\*|×)\s?10\s?(?:\^|\*\*)\s?)(?P<power>[+-]?\d{1,3})(?![\d.]))?"
    r"|(?<![a-z])(?P<words>(?:" + "|".join(sorted(ENGLISH_WORDS, key=len, reverse=True)) + r")(?:[- ]"
    r"(?:one|two|three|four|five|six|seven|eight|nine))?)(?![a-z])"
    r"|(?P<chinese>[零〇一二两三四五六七八九十百千万亿]+)"
)
# A letter multiplies only where the word ends with it: `5 m`, not `5 ms`.
_SCALE = re.compile(
    r"\s?(?P<scale>百万|千万|百亿|十亿|十万|万亿|千亿|[百千万亿兆]|"
    r"(?:hundred|thousand|million|billion|trillion)s?(?![a-z])|(?:bn|mn|[kmbtg])(?![a-z0-9]))"
)
_UNIT = re.compile(
    r"\s?(?P<unit>%|[a-zµμ]+(?:/[a-z]+)?|×|百分点|字节|比特|毫秒|微秒|秒|分钟|小时|天|倍|个|[\u4e00-\u9fff]{1,3})"
)


class Amount(NamedTuple):
    """A number found in a text, with the word that follows it."""

    value: float
    unit: str
    scale: str
    """The multiplier as it was written, "" without one: `b` may have meant billions or bytes."""


def multiplied(number: float, scale: str) -> float:
    """`number` times the multiplier that `scale` names; characters such as 万亿 multiply one after the other."""
    if scale == "%":
        return number
    if scale in SCALES:
        return number * SCALES[scale]
    for character in scale:
        number *= SCALES.get(character, 1.0)
    return number


def chinese_number(text: str) -> int | None:
    """The value of 一千七百五十亿, else nothing."""
    total = section = digit = 0
    seen_digit = False
    for char in text:
        if char in CHINESE_DIGITS:
            digit, seen_digit = CHINESE_DIGITS[char], True
        elif char in _CHINESE_UNITS:
            section += (digit if seen_digit else 1) * _CHINESE_UNITS[char]  # 十五 is 15: no digit before it is one
            digit, seen_digit = 0, False
        else:
            # 亿 multiplies all that stands before it (一万亿), 万 its own section alone (一亿二千万).
            scaled = (section + digit) or (1 if not total else 0)
            total = (
                (total + scaled) * _CHINESE_MYRIADS[char] if char == "亿" else total + scaled * _CHINESE_MYRIADS[char]
            )
            section = digit = 0
            seen_digit = False
    return total + section + digit


def english_number(text: str) -> float | None:
    """The value of `one hundred and seventy-five billion`, `a dozen`, `half an hour` (0.5), `twice`; else nothing."""
    if text.startswith("half"):
        rest = text.removeprefix("half").strip(" -").removeprefix("a ").removeprefix("an ")
        return 0.5 * (english_number(rest) or 1)
    if text == "twice":
        return 2.0
    total = section = 0.0
    for word in re.split(r"[ -]+", text):
        if word in ENGLISH_WORDS:
            section += ENGLISH_WORDS[word]
        elif word == "dozen":
            section = (section or 1) * 12
        elif word == "hundred":
            section = (section or 1) * 100
        elif word in SCALES:
            # `thousand million`: what was counted so far is multiplied again
            total, section = (
                (total + (section or 1)) * SCALES[word] if not total else (total + section) * SCALES[word],
                0.0,
            )
        elif word not in ("and", "a", "an"):
            return None
    return total + section


def amounts(folded: str) -> list[Amount]:
    """Every number in a folded text with its multiplier and unit; the 3 of GPT-3 is part of a name."""
    present: list[Amount] = []
    place = 0
    while match := _NUMBER.search(folded, place):
        place = match.end()
        if (
            match["digits"]
            and re.search(r"[a-z][-_ ]?$", folded[max(0, match.start() - 2) : match.start()] or " ")
            and (folded[match.start() - 1] in "-_")
        ):
            continue
        value = _value(match)
        if value is None:
            continue
        scale = ""
        # Chinese numerals hold their multipliers already.
        if not match["chinese"] and (times := _SCALE.match(folded, place)):
            scale, place = times["scale"], times.end()
            value = multiplied(value, scale)
        unit = _UNIT.match(folded, place)
        present.append(Amount(value, unit["unit"] if unit else "", scale))
    return present


def _value(match: re.Match[str]) -> float | None:
    if match["digits"]:
        return float(f"{match['digits'].replace(',', '')}e{match['power'] or 0}")  # what is too large is infinite
    if match["words"]:
        return float(sum(ENGLISH_WORDS[word] for word in re.split("[- ]", match["words"])))
    if len(match["chinese"]) == 1 and match["chinese"] in "十百千万亿":  # 百分点, 万能: part of a word, not a number
        return None
    return float(f"{chinese_number(match['chinese'][:40]) or 0}")
