"""A question, a glossary and short-hands that the tests of the grader share."""

from __future__ import annotations

from typing import Any

from llmquiz.grading import Glossary, Score, grade
from llmquiz.schema.questions import OpenQuestion
from llmquiz.schema.topics import GlossaryEntry

GLOSSARY = Glossary.build(
    [
        GlossaryEntry(id="kv-cache", en=["KV cache", "key-value cache"], zh=["KV 缓存", "键值缓存"]),
        GlossaryEntry(id="causal-mask", en=["causal mask"], zh=["因果掩码", "因果 mask"]),
        GlossaryEntry(id="encoder", en=["encoder"], zh=["编码器"]),
        GlossaryEntry(id="decoder", en=["decoder"], zh=["解码器"]),
    ]
)


def text(en: str, zh: str | None = None) -> dict[str, str]:
    """A text in both languages."""
    return {"en": en, "zh": zh or en}


def question(**more: Any) -> OpenQuestion:
    """An open question about the KV cache."""
    answer = {"text": text("a"), "seconds": 60}
    written: dict[str, Any] = {
        "type": "open",
        "id": "cache",
        "prompt": text(
            "Why does a decoder keep a KV cache when it generates text?", "解码器生成文本时为什么要保留 KV 缓存？"
        ),
        "answers": {"one-line": answer, "one-minute": answer},
        "points": [
            {
                "id": "reuse",
                "text": text(
                    "Keys and values of earlier tokens do not change, so they are stored.",
                    "前面 token 的键和值不变，所以存下来。",
                ),
            },
            {
                "id": "memory",
                "text": text("The cache takes memory that grows with the length.", "缓存占的显存随长度增长。"),
                "weight": 2,
            },
        ],
        "misconceptions": [
            {
                "id": "stores-text",
                "text": text("The cache stores the generated text.", "缓存里存的是生成的文字。"),
                "right": text("It stores keys and values.", "存的是键和值。"),
                "contradicts": ["reuse"],
            }
        ],
    }  # fmt: skip
    return OpenQuestion.model_validate(written | more)


def graded(answer: str, **more: Any) -> Score:
    """The Score of an answer to `question()`."""
    return grade(question(), answer, "en", glossary=GLOSSARY, **more)


def state(question: Any, response: str) -> str:
    """What a response to a question with one answer comes to."""
    return str(grade(question, response, "en", glossary=GLOSSARY).points[0].state)


def states(score: Score) -> dict[str, str]:
    """The state of each point by its id."""
    return {point.id: str(point.state) for point in score.points}


HOSTILE = [
    "(" * 1_000_000,
    "\x00\x1b[31m\r" * 150_000,
    "😀" * 1_000_000,
    "不" * 1_000_000,
    "not " * 250_000,
    "a," * 500_000,
    "some people say " * 60_000,
    "1" * 1_000_000,
    "给" * 500_000,
    "give " * 200_000,
    "\u0301" * 1_000_000,
    "it is a myth that " * 55_000,
    "ab'" * 300_000,
    "\ufdfa" * 1_000_000,  # one character that folds to eighteen
    "the memory grows with the length. " * 30_000,
]
"""A megabyte each."""
