"""Each number of a typed answer at its place: digits, English words, Chinese numerals, with multiplier and unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf

from llmquiz.grading.text.lexicon import pattern, word_list
from llmquiz.grading.text.numerals import (
    CHINESE_DIGITS,
    ENGLISH_WORDS,
    SCALES,
    chinese_number,
    english_number,
    multiplied,
)
from llmquiz.grading.text.units import DIMENSIONS


@dataclass(frozen=True, slots=True)
class Counted:
    """A number at its place."""

    start: int
    end: int
    value: float
    scale: str = ""
    unit: str = ""
    strange: bool = False
    vague: bool = False
    aside: bool = False


_SPELLED = "|".join(
    sorted([*ENGLISH_WORDS, "hundred", "thousand", "million", "billion", "trillion"], key=len, reverse=True)
)
_ENGLISH = re.compile(
    rf"(?<![a-z])(?:(?:an?|half(?: an?)?)[ -](?=dozen|hundred|thousand|million|billion|trillion|(?:an? )?hour|minute))?"
    rf"(?:dozen|(?:{_SPELLED})(?:(?: and |[ -])(?:{_SPELLED}))*)(?![a-z])|(?<![a-z])(?:twice|half)(?![a-z])"
)
_DIGITS = re.compile(
    r"(?:(?<![a-z0-9.^_])|(?<=\dx))[+-]?"
    r"(?:\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?(?![\d,_])|\d{1,3}(?: \d{3})+(?![\d])|\d+(?:\.\d+)?|\.\d+)"
    r"(?:e[+-]?\d{1,3}(?![\d.]))?"
)
_POWER = re.compile(r"\s?(?:\^|\*\*)\s?[({]?\s?(?P<power>[+-]?\d{1,4})[)}]?")
_CHINESE_DIGITS = "".join(CHINESE_DIGITS)
_CHINESE = re.compile(
    rf"(?P<share>百分之)?(?:(?P<mixed>\d+(?:\.\d+)?[千百]\d+[万亿]+)"
    rf"|(?P<tenths>[一二三四五六七八九两])成(?P<hundredths>[一二三四五六七八九半])?(?![为本就立])"
    rf"|(?P<digits>[{_CHINESE_DIGITS}]{{2,}})(?![十百千])(?P<myriad>[万亿]*)"
    rf"|(?P<number>[{_CHINESE_DIGITS}十百千万亿]+)(?:点(?P<after>[{_CHINESE_DIGITS}]+)(?P<times>[十百千万亿]*))?"
    rf"|半(?=个?(?:小时|字节|分钟|天|秒)))"
)
_MODEL = re.compile(
    r"(?:gpt|llama|qwen|gemma|palm|claude|deepseek|mistral|falcon|opt|bloom|phi|t|v|k|gemini|kimi|glm|page)[ -]?$"
)
_SCALE = re.compile(
    r"\s?-?(?:个)?(?P<scale>[百千]?万亿|千亿|百亿|十亿|百万|千万|十万|[百千万亿兆]|"
    r"(?:hundred|thousand|million|billion|trillion)s?(?: (?:million|billion|trillion)s?)?(?![a-z])|"
    r"(?:bln|mrd|bn|mn|[kmbtg])(?![a-z0-9]))(?:个(?=b\b))?"
)
_FOREIGN = {"bln": "billion", "mrd": "billion"}
_UNITS = sorted({name for table in DIMENSIONS for name in table}, key=len, reverse=True)
_UNIT = re.compile(
    r"[\s-]?(?:个)?(?P<unit>(?:"
    + "|".join(re.escape(name) + ("(?![a-z])" if name[-1].isascii() and name[-1].isalpha() else "") for name in _UNITS)
    + r"))"
)
_WORD = re.compile(r"(?P<space>\s?)(?P<word>[a-zµμ]+)")
_LIKE_A_UNIT = re.compile(
    r"(?:[kmgtpez]i?|kilo|mega|giga|tera|peta|exa|zetta|light|kibi|mebi|gibi)?"
    r"(?:b|bit|bits|byte|bytes|flops?|hz|watts?|wh|years?|weeks?|months?|joules?|meters?|bucks|dollars?|usd|rmb|nibbles?)"
)
_MEASURE = re.compile(r"个?(?P<unit>公?斤|公里|厘?米|美?元|块钱?|年|个?月|岁|人|瓦|度|篇|本|页|台)")
"""Measure words of something that is counted nowhere here."""
_VAGUE_AFTER = re.compile(
    r"\s?(?:几|多(?!头|层|模)|来个|余|以上|以下|以内|"
    r"or (?:more|less|so more)|plus\b|\+)|\s?and a half"
)


def numbers(folded: str) -> list[Counted]:
    """The single numbers, with multiplier and unit."""
    words = [match.span() for match in pattern("no-chinese-number").finditer(folded)]
    taken, present = 0, []
    while taken < len(folded):
        matches = [m for pattern in (_DIGITS, _ENGLISH, _CHINESE) if (m := pattern.search(folded, taken))]
        if not matches:
            break
        match = min(matches, key=lambda m: (m.start(), -m.end()))
        start, end = match.span()
        if end == start or (any(a <= start < b for a, b in words) and not match[0][0].isdigit()):
            taken = max(end, start + 1)
            continue
        number = _number(folded, match)
        taken = max(end, start + 1)
        if number:
            present.append(number)
            taken = number.end
    return present


def _number(folded: str, match: re.Match[str]) -> Counted | None:
    start, end = match.span()
    before = folded[max(0, start - 12) : start]
    unit = ""
    if match.re is _DIGITS:
        text = match[0]
        # A hyphen before a digit is a sign only where nothing stands before it: 10-20, gpt-3, `- 175B`.
        if text[0] in "+-" and before[-1:].strip() and before[-1:] not in "(=~≈:":
            text = text[1:]
            start += 1
        if re.search(r"[a-z][-_]$", folded[max(0, start - 2) : start]):
            return None  # part of a name
        value = float(re.sub(r"[,_ ]", "", text))
    elif match.re is _ENGLISH:
        spelled = english_number(match[0])
        if spelled is None:
            return None
        value = spelled
    else:
        chinese = _chinese(match)
        if chinese is None:
            return None
        value, unit = chinese
    if power := _POWER.match(folded, end):
        value, end = _raised(value, int(power["power"])), power.end()
    after = _VAGUE_AFTER.match(folded, end)
    end = after.end() if after else end
    value, scale, end = _scaled(folded, end, value)
    strange, unit, end = _unit(folded, end, unit)
    aside = (match[0] in ("一", "one", "half") and not unit) or bool(_MODEL.search(before) and not scale and not unit)
    return Counted(start, end, value, scale, unit, strange, bool(after), aside)


def _scaled(folded: str, end: int, value: float) -> tuple[float, str, int]:
    """A number times the multiplier after it, the multiplier, and where it ends."""
    scale = ""
    if times := _SCALE.match(folded, end):
        name = times["scale"]
        scale, end = _FOREIGN.get(name, name), times.end()
        for part in scale.split():
            value = multiplied(value, part.removesuffix("s") if part.removesuffix("s") in SCALES else part)
        if follow := re.match(r"个?b(?![a-z])", folded[end:]):  # 175 个 B
            end += follow.end()
    elif follow := re.match(r"\s?个(?P<scale>[kmbtg])(?![a-z0-9])", folded[end:]):  # 175 个 B, 14 个 G
        scale, end = follow["scale"], end + follow.end()
        value = multiplied(value, scale)
    return value, scale, end


def _unit(folded: str, end: int, unit: str) -> tuple[bool, str, int]:
    """Whether the unit after a number is a strange one, the unit, and where it ends."""
    if named := _UNIT.match(folded, end):
        return False, named["unit"], named.end()
    if not unit and (measure := _MEASURE.match(folded, end)):
        return True, measure["unit"], measure.end()
    if not unit and (word := _WORD.match(folded, end)):
        if word["word"] in word_list("after-a-number"):
            return False, unit, end
        glued = not word["space"] and len(word["word"]) > 1
        if (glued and word["word"] not in _GLUED) or _LIKE_A_UNIT.fullmatch(word["word"]):
            return True, word["word"], word.end()
        return False, word["word"], word.end()
    return False, unit, end


_GLUED = frozenset({"ish", "th", "nd", "rd", "st", "x", "params", "parameters", "tokens", "token", "heads", "layers"})
"""What people write without a space after a number, and what is no unit of measure."""


def _chinese(match: re.Match[str]) -> tuple[float, str] | None:
    """The value of a Chinese numeral, and the unit that it holds itself."""
    unit = "%" if match["share"] else ""
    if match["mixed"]:
        head, scale, rest, myriads = re.fullmatch(r"([\d.]+)([千百])(\d+)([万亿]+)", match["mixed"]).groups()  # type: ignore[union-attr]
        return multiplied(multiplied(float(head), scale) + float(rest), myriads), unit
    if match["tenths"]:
        hundredths = {"半": 5, **CHINESE_DIGITS}.get(match["hundredths"] or "零", 0)
        return 10.0 * CHINESE_DIGITS[match["tenths"]] + hundredths, "%"
    if match["digits"]:
        digits = "".join(str(CHINESE_DIGITS[character]) for character in match["digits"])
        return multiplied(float(digits), match["myriad"]), unit
    if match["number"]:
        if len(match["number"]) == 1 and match["number"] in "百千万亿":
            return None
        # By way of its text: what is too large is infinite.
        value = float(f"{chinese_number(match['number'][:40]) or 0}")
        if match["after"]:
            value = float(f"{int(value)}.{''.join(str(CHINESE_DIGITS[c]) for c in match['after'])}")
            value = multiplied(value, match["times"])
        return value, unit
    return (0.5, "") if match[0] == "半" else None


def _raised(base: float, power: int) -> float:
    try:
        return base**power
    except (OverflowError, ZeroDivisionError):
        return inf
