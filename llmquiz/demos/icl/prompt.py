"""One text of the mapping in letters: "3b 1e 4a 3?", what a person may type and what each model writes behind it."""

from __future__ import annotations

import re
from typing import Any

import torch

from llmquiz.demos.lab.icl.arms import MAPPING, SHOTS
from llmquiz.demos.lab.icl.mapping import INPUTS, LABELS, Texts, draw_texts, last_asked, predictions
from llmquiz.demos.lab.icl.results import Answer
from llmquiz.errors import DemoError

LETTERS = "abcdefgh"
_EXAMPLE = re.compile(r"([1-4])([a-h])")
_QUESTION = re.compile(r"([1-4])\?")


def drawn(seed: int) -> Texts:
    """Six examples of a held-out mapping that show every input, and one of the inputs again: (1, 7)."""
    generator = torch.Generator().manual_seed(seed)
    text = draw_texts(1, 6, generator, held_out=True)
    while len(set(text.inputs[0].tolist())) < INPUTS:
        text = draw_texts(1, 6, generator, held_out=True)
    return Texts(torch.cat((text.inputs, text.inputs[:, 1:2]), 1), torch.cat((text.labels, text.labels[:, 1:2]), 1))


def parsed(text: str) -> Texts:
    """One to eight examples and a question, (1, N); the question's label, which no model sees, is a.

    Raises: DemoError for anything else.
    """
    *words, last = text.split() or [""]
    examples, question = [_EXAMPLE.fullmatch(word) for word in words], _QUESTION.fullmatch(last)
    if not question or None in examples or not 1 <= len(examples) <= SHOTS:
        raise DemoError("icl.no-examples", shots=SHOTS)
    pairs = [(int(example[1]) - 1, LETTERS.index(example[2])) for example in examples if example]
    inputs, labels = zip(*pairs, (int(question[1]) - 1, 0), strict=True)
    return Texts(torch.tensor([inputs]), torch.tensor([labels]))


def written(text: Texts) -> str:
    """The text as one types it."""
    pairs = list(zip(text.inputs[0].tolist(), text.labels[0].tolist(), strict=True))
    return " ".join([*(f"{x + 1}{LETTERS[y]}" for x, y in pairs[:-1]), f"{pairs[-1][0] + 1}?"])


def token(number: int) -> str:
    """How a token of the one-token form is written."""
    if number <= INPUTS:
        return f"{number}?" if number else "_"
    x, y = divmod(number - 1 - INPUTS, LABELS)
    return f"{x + 1}{LETTERS[y]}"


@torch.no_grad()
def answer(name: str, model: Any, text: Texts) -> Answer:
    """The most probable token in the place of the question."""
    logits, _ = predictions(MAPPING[name], model, text, last_asked(text), text.inputs.shape[1] - 1)  # (1, V)
    share, number = logits[0].float().softmax(-1).max(-1)
    return Answer(name, token(int(number)), round(float(share), 4))
