"""One text of `icl/language` in letters: "3b 1e 4a 3?", what a person may type and what each model writes behind it."""

from __future__ import annotations

import re
from typing import Any

import torch

from llmquiz.demos.icl.architectures import Answer
from llmquiz.demos.icl.language import ARMS, INPUTS, LABELS, SHOTS, Texts, answers, texts
from llmquiz.errors import DemoError

LETTERS = "abcdefgh"
_EXAMPLE = re.compile(r"([1-4])([a-h])")
_QUESTION = re.compile(r"([1-4])\?")


def drawn(seed: int) -> Texts:
    """Six examples of a held-out mapping that show every input, and one of the inputs again."""
    generator = torch.Generator().manual_seed(seed)
    read = texts(1, 6, generator, held_out=True)
    while len(set(read.inputs[0].tolist())) < INPUTS:
        read = texts(1, 6, generator, held_out=True)
    return Texts(torch.cat((read.inputs, read.inputs[:, 1:2]), 1), torch.cat((read.labels, read.labels[:, 1:2]), 1))


def parsed(text: str) -> Texts:
    """One to eight examples and a question; the question's label, which no model sees, is a.

    Raises: DemoError for anything else.
    """
    *examples, question = text.split() or [""]
    found, asked = [_EXAMPLE.fullmatch(one) for one in examples], _QUESTION.fullmatch(question)
    if not asked or None in found or not 1 <= len(found) <= SHOTS:
        raise DemoError(
            f'--text takes 1 to {SHOTS} examples and a question: "3b 1e 3?", inputs 1 to 4, labels a to h.',
            f"--text 要写 1 到 {SHOTS} 个例子加一个提问，如 “3b 1e 3?”：输入是 1 到 4，标签是 a 到 h。",
        )
    pairs = [(int(one[1]) - 1, LETTERS.index(one[2])) for one in found if one] + [(int(asked[1]) - 1, 0)]
    inputs, labels = zip(*pairs, strict=True)
    return Texts(torch.tensor([inputs]), torch.tensor([labels]))


def written(read: Texts) -> str:
    """The text as one types it."""
    pairs = list(zip(read.inputs[0].tolist(), read.labels[0].tolist(), strict=True))
    return " ".join([*(f"{x + 1}{LETTERS[y]}" for x, y in pairs[:-1]), f"{pairs[-1][0] + 1}?"])


def token(number: int) -> str:
    """How a token of the one-token form is written."""
    if number <= INPUTS:
        return f"{number}?" if number else "_"
    x, y = divmod(number - 1 - INPUTS, LABELS)
    return f"{x + 1}{LETTERS[y]}"


@torch.no_grad()
def answer(name: str, model: Any, read: Texts) -> Answer:
    """The most probable token in the place of the question."""
    ask = torch.zeros_like(read.inputs, dtype=torch.bool)
    ask[:, -1] = True
    logits, _ = answers(ARMS[name], model, read, ask, read.inputs.shape[1] - 1)
    share, number = logits[0].float().softmax(-1).max(-1)
    return Answer(name, token(int(number)), round(float(share), 4))
