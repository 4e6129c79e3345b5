"""Numbers as people write them, in digits, words and Chinese numerals, with their multiplier and unit."""

from __future__ import annotations

import math

import pytest

from llmquiz.grading.text.numerals import Amount, amounts, chinese_number, multiplied
from llmquiz.grading.text.read import fold


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("175b", [(175e9, "", "b")]),
        ("175 billion parameters", [(175e9, "parameters", "billion")]),
        ("1750 亿", [(175e9, "", "亿")]),
        ("1.75e11", [(1.75e11, "", "")]),
        ("1.75 × 10^11", [(1.75e11, "", "")]),
        ("175,000,000", [(175e6, "", "")]),
        ("1,75", [(1, "", ""), (75, "", "")]),  # no group of three
        (".5", [(0.5, "", "")]),
        ("-3", [(-3, "", "")]),
        ("512 KiB", [(512, "kib", "")]),
        ("5 m", [(5e6, "", "m")]),
        ("5 ms", [(5, "ms", "")]),  # milliseconds, not millions
        ("15%", [(15, "%", "")]),
        ("3 tokens/s", [(3, "tokens/s", "")]),
        ("twenty-one heads", [(21, "heads", "")]),
        ("seventeenth", []),
        ("二十个", [(20, "个", "")]),
        ("一千七百五十亿参数", [(175e9, "参数", "")]),
        ("百分点", []),  # part of a word
        ("gpt-3 has 175b", [(175e9, "", "b")]),  # the 3 belongs to a name
        ("llama 2 7b", [(2, "", ""), (7e9, "", "b")]),
        ("v1.5", []),
        ("", []),
    ],
)
def test_a_number_has_a_value_a_unit_and_its_multiplier(text: str, numbers: list[tuple[float, str, str]]) -> None:
    assert amounts(fold(text)[0]) == [Amount(*number) for number in numbers]


def test_a_number_too_large_for_a_machine_is_infinite() -> None:
    assert amounts("1e999") == [Amount(math.inf, "", "")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("两百零三", 203),
        ("一千七百五十亿", 175_000_000_000),
        ("一万亿", 1_000_000_000_000),  # 亿 multiplies all before it
        ("一亿二千万", 120_000_000),  # 万 its own section alone
        ("三万五", 30_005),
        ("零", 0),
    ],
)
def test_chinese_numerals(text: str, value: int) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("number", "scale", "value"), [(15, "%", 15), (2, "", 2), (3, "billion", 3e9), (2, "万亿", 2e12), (5, "百亿", 5e10)]
)
def test_a_multiplier_multiplies_and_a_per_cent_is_none(number: float, scale: str, value: float) -> None:
    assert multiplied(number, scale) == value
