"""Numbers beside those of a statement: the same however it is written, another where it is another."""

from __future__ import annotations

import pytest

from llmquiz.grading.reader.numbers import contradict


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("GPT-3 has 175B parameters.", "it has 75B parameters"),
        ("GPT-3 has 175B parameters.", "参数量 1750 万"),
        ("A token takes 512 KiB of cache.", "512 MB a token"),
        ("A token takes 512 KiB of cache.", "每个 token 5 KB"),
        ("It saves 93% of the cache.", "saves about 39% of it"),
        ("一步要 40 毫秒。", "一步 40 秒"),
        ("Each weight takes 16 bytes in training.", "2 bytes each"),
    ],
)
def test_another_number_of_the_same_kind_contradicts(statement: str, words: str) -> None:
    assert contradict(statement, words)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("GPT-3 has 175B parameters.", "1,750 亿参数"),
        ("GPT-3 has 175B parameters.", "about 170 billion"),
        ("GPT-3 has 175B parameters.", "a very large model, 96 layers"),
        ("A token takes 512 KiB of cache.", "half a megabyte"),
        ("A token takes 512 KiB of cache.", "0.5 MB for each one"),
        ("一步要 40 毫秒。", "40 ms"),
        ("一步要 40 毫秒。", "0.04 s 一步"),
        ("It saves 93% of the cache.", "saves 93.3 percent"),
        ("It takes 5 ms to 10 ms.", "some 10 ms"),
        ("It has 70B parameters and needs 140 GB.", "70B, so 140 GB in half precision"),
        ("Nothing is counted here.", "7B and 5 GB"),
    ],
)
def test_the_same_number_or_one_of_another_kind_does_not(statement: str, words: str) -> None:
    assert not contradict(statement, words)
