"""Which of the numbers of an answer is the answer."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.quantities import meant, quantities


def values(text: str, asked: str = "") -> list[float | tuple[float, float]]:
    return [q.low if q.low == q.high else (q.low, q.high) for q in meant(text, asked)]


@pytest.mark.parametrize(
    ("text", "asked", "read"),
    [
        ("8×100", "", [800]),  # a product, not a power
        ("512 * 1024", "", [524288]),
        ("64/8", "", [8]),
        ("3 × 10²³", "", [3e23]),
        ("2³", "", [8]),
        ("3x1023", "", []),  # may be 3 x 10^23
        ("20:1", "", [20]),
        ("1 比 20", "", [20]),
        ("20 to 1", "", [20]),
        ("3:4", "", []),
        ("10-20", "", [(10, 20)]),
        ("10 到 20 万", "", [(100_000, 200_000)]),
        ("between 10 and 20", "", [(10, 20)]),
        ("2*32*128 = 8192", "", [8192]),
        ("7B in fp16 so 14 GB", "gb", [14]),
        ("70B*2=140, plus 20% overhead", "gb", [140]),
        ("llama 7b -> 6.7B", "", [6.7e9]),
        ("llama 2 has 4096", "", [4096]),
        ("not 28, it is 14", "", [14]),
        ("not 175B", "", []),
        ("不是1750亿", "", []),
        ("more than ten", "", []),
        ("几千亿", "", []),
        ("十几亿", "", []),
        ("2048还是4096", "", [2048, 4096]),
        ("一个 token 512KB", "bytes", [512]),
        ("一个", "", [1]),
        ("70亿参数乘以2字节 也就是140亿字节 约13GiB", "gb", [14e9, 13]),
        ("1.4 trillion tokens / 70B parameters, which is 2 tokens per parameter", "tokens", [2]),
        ("maybe 15? maybe 20? dunno", "", [15, 20]),
        ("−5", "", [-5]),
        ("", "", []),
    ],
)
def test_what_is_meant_of_several_numbers(text: str, asked: str, read: list[float | tuple[float, float]]) -> None:
    assert values(text, asked) == read


def test_a_number_after_about_is_told_from_the_working() -> None:
    first, second = quantities("96 layers, 大概 175B")
    assert (first.about, second.about) == (False, True)


def test_a_bound_and_a_denial_are_open() -> None:
    assert [q.open for q in quantities("over 100, and 20")] == [True, False]
