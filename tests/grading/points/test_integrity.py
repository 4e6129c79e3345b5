"""Text that is no answer, and answers that only look like it: each pile with its near miss."""

from __future__ import annotations

import pytest

from llmquiz.grading.points.integrity import blank, no_answer
from llmquiz.grading.text.read import read

PILES = [
    "Keys, values, past, unchanged, memory, linear growth, context length, cache.",
    "键、值、前面、不变、显存、线性增长、长度、缓存",
    "keys values unchanged previous memory grow linear context length cache decoder",
    "Causal mask. KV cache. Scaling laws. Loss. In-context learning. Emergence.",
    "因果掩码。KV 缓存。缩放定律。损失。上下文学习。涌现。",
    "decoder-only; causal mask; dense loss; KV cache; zero-shot; scaling; emergence",
    "关键词：因果掩码 KV缓存 损失 扩展 涌现 上下文学习",
    "Pre-training. Fine-tuning. Prompting. Causal mask. KV cache. Scaling.",
]
SPEECH = [
    "Memory grows. Decode slows. Batches shrink. Latency rises. Costs climb.",
    "Encoders see both sides. Decoders see the past. Masks enforce it. Losses differ. Uses differ.",
    "Training is parallel. Loss everywhere. One stack. Cache works. Scales well.",
    "It scales. It caches. It trains fast. It is simple. It generalizes.",
    "显存变大。延迟上升。吞吐下降。成本更高。用户等待。",
    "第一，信号密。第二，目标统一。第三，缓存可复用。第四，零样本好。第五，结构简单。",
    "优点：训练信号密，结构统一，缓存能复用，零样本强，生态成熟。",
    "One pass trains all positions, inference is step by step, cache saves work, memory grows, bandwidth limits speed.",
]
NOTES = [
    "decode: one token per pass, serial; each pass reads all weights. Levers: batching, GQA, MQA, int8 cache, paging.",
    "C = 6ND, D ≈ 20N, loss falls, data short, smaller model, longer training, cheaper serving",
    "键、值、层数、头数、长度、精度 → 缓存大小",
]


@pytest.mark.parametrize("answer", PILES)
def test_a_pile_of_keywords_earns_nothing(answer: str) -> None:
    reading = read(answer)
    assert no_answer(reading, [], []) == frozenset(token.clause for token in reading.tokens)


@pytest.mark.parametrize("answer", NOTES)
def test_a_list_among_notes_is_no_pile(answer: str) -> None:
    assert no_answer(read(answer), [], []) == frozenset()


@pytest.mark.parametrize("answer", SPEECH)
def test_short_plain_sentences_are_no_pile(answer: str) -> None:
    assert no_answer(read(answer), [], []) == frozenset()


SUBJECTS = [
    "Open tasks get a rubric with ten criteria, and a judge that gives high scores to nothing but a complete proof.",
    "The verifier is hackable: the answer is correct, it says, and the reward is full at some point.",
    "LSTM gates forget the previous state, and a mask makes it ignore what stands above the diagonal.",
    "检索先按关键词筛一遍，再让裁判模型照样给高分，基座的 pass@k 也就接近满分了。",
    "训练时不隔开文档，模型看到 EOS 也会学着忽略前面。",
]


@pytest.mark.parametrize("answer", SUBJECTS)
def test_rubrics_scores_and_judges_are_a_subject_too(answer: str) -> None:
    assert blank(read(answer), [], []) == frozenset()
