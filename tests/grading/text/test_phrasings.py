"""Phrasings in both languages: words and not substrings, negation, one sentence, synonyms, slips of the fingers."""

from __future__ import annotations

import pytest

from llmquiz.grading.text.glossary import Glossary
from llmquiz.grading.text.phrasings import Index
from llmquiz.grading.text.read import read
from llmquiz.schema.topics import GlossaryEntry

GLOSSARY = Glossary.build(
    [
        GlossaryEntry(id="kv-cache", en=["KV cache", "key-value cache"], zh=["KV 缓存", "键值缓存"]),
        GlossaryEntry(id="causal-mask", en=["causal mask"], zh=["因果掩码", "因果 mask"]),
    ]
)


def verdict(answer: str, phrasing: str) -> str:
    """met, denied or missing."""
    hits = list(Index.of(read(answer), GLOSSARY).hits([phrasing]))
    return "missing" if not hits else "denied" if all(hit.denied for hit in hits) else "met"


@pytest.mark.parametrize(
    ("answer", "phrasing", "expected"),
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
        ("it cannot see the future", "cannot + see + future", "met"),  # the phrasing holds the negation
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
def test_a_phrasing_is_met_denied_or_missing(answer: str, phrasing: str, expected: str) -> None:
    assert verdict(answer, phrasing) == expected


@pytest.mark.parametrize(
    ("answer", "phrasing", "expected"),
    [
        ("Some say the cache is free, but that is wrong: memory grows with length.", "memory + grow + length", "met"),
        ("Some say the memory shrinks, but that is wrong: it stores keys.", "keys", "met"),
        ("Some say the cache stores text, but that's wrong; it stores keys and values.", "store + keys", "met"),
        ("Some people think the cache stores text. That is wrong. It stores keys.", "store + keys", "met"),
        ("It is wrong that the cache stores text: it stores keys.", "store + keys", "met"),
        ("It's a myth that the cache stores text, it stores keys.", "store + keys", "met"),
        ("It is a myth that the cache stores text; it stores keys.", "store + keys", "met"),
        ("Many claim it masks the past, which is wrong, because it masks the future.", "mask + future", "met"),
        ("Many claim it masks the past. Actually it masks the future.", "mask + future", "met"),
        ("Many claim it masks the past, actually it masks the future.", "mask + future", "met"),
        ("有人说缓存存文字，其实不对，存的是键和值。", "存 + 键", "met"),
        ("有人说缓存存文字，这是错的：存的是键和值。", "存 + 键", "met"),
        ("有人说缓存不占显存，其实显存会随长度增长。", "显存 + 增长", "met"),
        ("很多人以为缓存不要钱，但其实显存会随长度增长。", "显存 + 增长", "met"),
        ("有人认为编码器更快，这不对，解码器更快。", "解码器 + 更快", "met"),
        ("别以为缓存是免费的，显存会随长度增长。", "显存 + 增长", "met"),
        ("误以为缓存免费是错的，显存会增长。", "显存 + 增长", "met"),
        ("说缓存免费是不对的，显存会增长。", "显存 + 增长", "met"),
        ("The claim that it masks the past is wrong: it masks the future.", "mask + future", "met"),
        ("The claim that it masks the future is wrong.", "mask + future", "denied"),
        ("Some say it masks the future, but that is wrong: it masks the past.", "mask + future", "denied"),
        ("It is wrong that it masks the future: it masks the past.", "mask + future", "denied"),
        ("有人说显存会增长，这是错的：显存不变。", "显存 + 增长", "denied"),
    ],
)
def test_only_what_the_speaker_calls_wrong_is_refuted(answer: str, phrasing: str, expected: str) -> None:
    assert verdict(answer, phrasing) == expected


@pytest.mark.parametrize(
    ("answer", "phrasing", "expected"),
    [
        ("It's not that an encoder-decoder can't scale.", "encoder-decoder + scale", "met"),
        ("It is not that the decoder cannot see the past.", "see + past", "met"),
        ("It is not the case that encoders do not scale.", "encoder + scale", "met"),
        ("It is not true that BERT cannot be used for generation.", "BERT + generation", "met"),
        ("It isn't that they don't scale.", "scale", "met"),
        ("BERT is not useless", "useless", "denied"),
        ("There is nothing that an encoder-decoder cannot do in principle", "encoder-decoder + do + principle", "met"),
        ("并不是说编码器不能扩展。", "编码器 + 扩展", "met"),
        ("不是编码器不能扩展，而是成本高。", "编码器 + 扩展", "met"),
        ("并非 T5 不能扩展", "T5 + 扩展", "met"),
        ("没有哪个位置不贡献损失", "位置 + 贡献 + 损失", "met"),
        ("每个位置无不贡献损失", "位置 + 贡献 + 损失", "met"),
        ("It does not see the future and does not see the past.", "see + past", "denied"),
        ("It has no encoder and no cross-attention.", "cross-attention", "denied"),
        ("It has neither an encoder nor cross-attention", "cross-attention", "denied"),
        ("It is not that it can see the future.", "see + future", "denied"),
        ("没有编码器，也没有交叉注意力", "交叉注意力", "denied"),
        ("它不能看到未来，也不能看到过去", "看到 + 过去", "denied"),
    ],
)
def test_two_negations_deny_nothing_and_two_denials_deny_twice(answer: str, phrasing: str, expected: str) -> None:
    assert verdict(answer, phrasing) == expected
