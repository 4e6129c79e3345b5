"""The single numbers of a typed answer."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.counted import numbers
from llmquiz.grading.text.read import fold


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("175B", [175e9]),
        ("1 000 000", [1e6]),
        ("1_000", [1000]),
        ("2^11", [2048]),
        ("10**11", [1e11]),
        ("one hundred and seventy-five billion", [175e9]),
        ("hundred seventy-five billion", [175e9]),
        ("175 thousand million", [175e9]),
        ("175-billion", [175e9]),
        ("175bln", [175e9]),
        ("175 Mrd", [175e9]),
        ("a dozen", [12]),
        ("half a billion", [5e8]),
        ("二零四八", [2048]),
        ("一七五〇亿", [175e9]),
        ("1千750亿", [175e9]),
        ("零点五", [0.5]),
        ("一点七五万亿", [1.75e12]),
        ("百分之十五", [15]),
        ("七成五", [75]),
        ("175个B", [175e9]),
        ("1750 个亿", [175e9]),
        ("一共8倍", [8]),  # 一共 is a word
        ("一般20", [20]),
        ("gpt-3 有 175B", [175e9]),
        ("- 175B", [175e9]),
        ("-3", [-3]),
        ("百分点", []),
        ("", []),
    ],
)
def test_a_number_is_found_in_whatever_way_it_is_written(text: str, values: list[float]) -> None:
    assert [number.value for number in numbers(fold(text)[0])] == values


@pytest.mark.parametrize(
    ("text", "unit", "strange"),
    [
        ("512 KB/token", "kb", False),
        ("512 kibibytes", "kibibytes", False),
        ("4 Mbit", "mbit", False),
        ("512 Ki", "ki", False),
        ("3640 PF-days", "pf-days", False),
        ("314 ZFLOPs", "zflops", False),
        ("15个点", "个点", False),
        ("5 nibbles", "nibbles", True),
        ("5qux", "qux", True),
        ("14斤", "斤", True),
        ("14 maybe", "", False),
        ("14 layers", "layers", False),
    ],
)
def test_a_unit_is_known_or_strange_and_other_words_are_none(text: str, unit: str, strange: bool) -> None:
    (number,) = numbers(fold(text)[0])
    assert (number.unit, number.strange) == (unit, strange)
