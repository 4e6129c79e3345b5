"""Text that is no answer, and answers that only look like it: each pile with its near miss."""

from __future__ import annotations

import pytest

from llmquiz.grading.points.integrity import no_answer
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


@pytest.mark.parametrize("answer", PILES)
def test_a_pile_of_keywords_earns_nothing(answer: str) -> None:
    reading = read(answer)
    assert no_answer(reading, [], []) == frozenset(token.clause for token in reading.tokens)


@pytest.mark.parametrize("answer", SPEECH)
def test_short_plain_sentences_are_no_pile(answer: str) -> None:
    assert no_answer(read(answer), [], []) == frozenset()
