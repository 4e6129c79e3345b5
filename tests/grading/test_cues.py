"""Cues in both languages: words and not substrings, negation, one sentence, synonyms, slips of the fingers."""

from __future__ import annotations

import pytest

from llmquiz.grading.cues import Index
from llmquiz.grading.glossary import Glossary
from llmquiz.grading.text import read
from llmquiz.topics import GlossaryEntry

GLOSSARY = Glossary.build(
    [
        GlossaryEntry(id="kv-cache", en=["KV cache", "key-value cache"], zh=["KV 缓存", "键值缓存"]),
        GlossaryEntry(id="causal-mask", en=["causal mask"], zh=["因果掩码", "因果 mask"]),
    ]
)


def verdict(answer: str, cue: str) -> str:
    """met, denied or missing."""
    hits = list(Index.of(read(answer), GLOSSARY).hits([cue]))
    return "missing" if not hits else "denied" if all(hit.denied for hit in hits) else "met"


@pytest.mark.parametrize(
    ("answer", "cue", "expected"),
    [
        ("Every token gives a loss.", "loss + every/each + token/position", "met"),
        ("Each of the positions has its own losses", "loss + every/each + token/position", "met"),
        ("Every token helps. The loss is small.", "loss + every + token", "missing"),  # two sentences
        ("The glossary has every token.", "loss + every + token", "missing"),  # a substring is no word
        ("每个位置都有损失。", "每个/每一个 + 位置 + 损失/loss", "met"),
        ("每个位置都算 loss", "每个/每一个 + 位置 + 损失/loss", "met"),
        ("it masks the future", "mask + future", "met"),
        ("it does not mask the future", "mask + future", "denied"),
        ("it doesn't mask the future", "mask + future", "denied"),
        ("it never masks any future token", "mask + future", "denied"),
        ("it not only masks the future, it is cheap", "mask + future", "met"),
        ("without a mask on the future", "mask + future", "denied"),
        ("the mask hides the future and does not cost time", "mask + future", "met"),
        ("it cannot see the future", "cannot + see + future", "met"),  # the cue holds the negation
        ("it can see the future", "cannot + see + future", "missing"),
        ("it can't see the future", "cannot see + future", "met"),
        ("模型不能看到未来的词", "看到 + 未来", "denied"),
        ("模型不能看到未来的词", "不能看到 + 未来", "met"),
        ("模型不仅看到未来的词", "看到 + 未来", "met"),
        ("没有看到未来的词", "看到 + 未来", "denied"),
        ("不同的头看到未来", "看到 + 未来", "met"),  # 不同 denies nothing
        ("它旋转查询，而不是加到嵌入上", "加 + 嵌入", "denied"),
        ("it is rotated rather than added to the embedding", "add + embedding", "denied"),
        ("it is rotated rather than added to the embedding", "rotate", "met"),
        ("unlike BERT, it reads to the left", "left", "met"),
        ("we keep a key-value cache", "KV cache + keep", "met"),
        ("保留键值缓存", "KV cache", "met"),
        ("casual masks", "causal mask", "met"),  # the usual slip
        ("the probabilty is factorized", "probability", "met"),  # a letter left out
        ("ＣＡＵＳＡＬ ＭＡＳＫ", "causal mask", "met"),  # full width
        ("about 1750 亿 parameters", "175B", "met"),
        ("about 1,750 parameters", "175B", "missing"),
        ("some say it masks the future, but that is wrong", "mask + future", "denied"),
        ("It masks the future. That is wrong.", "mask + future", "denied"),
        ("有人说它看到未来，其实不对", "看到 + 未来", "denied"),
        ("It is a myth that it masks the future.", "mask + future", "denied"),
    ],
)
def test_a_cue_is_met_denied_or_missing(answer: str, cue: str, expected: str) -> None:
    assert verdict(answer, cue) == expected
