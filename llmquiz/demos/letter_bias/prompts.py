"""The questions as they are put to the model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from llmquiz.demos.letter_bias.questions import Question

ASKED = "Answer:"
EMPTY = ("N/A", "[MASK]", "")
"""What stands for question and options where they shall say nothing (Zhao et al. 2021)."""


def drawn(questions: Sequence[Question], count: int, seed: int) -> list[Question]:
    """So many questions in random order, the wrong options of each in random order behind the right one."""
    generator, picked = random.Random(seed), []
    for question in generator.sample(questions, count):
        right, *wrong = question.options
        first, second, third = generator.sample(wrong, 3)
        picked.append(Question(question.text, (right, first, second, third)))
    return picked


def turned(options: Sequence[str], place: int) -> list[str]:
    """The options rotated until the first one stands at `place`."""
    return [options[(i - place) % len(options)] for i in range(len(options))]


def plain(question: str) -> str:
    """The question alone."""
    return f"Question: {question}\n{ASKED}"


def listed(question: str, options: Sequence[str], labels: Sequence[str]) -> str:
    """The question with its options, each behind its label."""
    lines = [f"{label}. {option}\n" for label, option in zip(labels, options, strict=True)]
    return f"Question: {question}\n{''.join(lines)}{ASKED}"


def as_chat(tokenizer: Any, text: str) -> str | None:
    """The text as a user's message, up to where the answer starts; None without a chat template."""
    if not getattr(tokenizer, "chat_template", None):
        return None
    question = f"{text.removesuffix(ASKED)}Answer with the letter only."
    messages = [{"role": "user", "content": question}]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
