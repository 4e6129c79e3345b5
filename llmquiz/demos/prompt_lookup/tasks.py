"""What the model is asked to write: copies, texts that lean on their prompt, and texts that do not."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.prompt_lookup.claims import COPY, OPEN

LEAST = 20
"""Tokens that a text must have."""
COPIED = 120
SUMMARISED = 350
"""At most so many tokens of the text are copied, or summarised."""

CODE = """def total_price(items, rate):
    result = 0.0
    for item in items:
        if item.count > 0:
            result = result + item.price * item.count
    tax = result * rate
    result = result + tax
    return result"""

QUESTIONS = {
    COPY: "Repeat this text word for word:\n\n{paragraph}",
    "summary": "Summarise this text in three sentences:\n\n{text}",
    "code": "Add a docstring to this function and write out the whole function:\n\n" + CODE,
    "sky": "Why is the sky blue?",
    "journey": "Give me some advice for a long train journey with two small children.",
    "lighthouse": "Write a short story about a lighthouse keeper who is afraid of the dark.",
}
QUICK = (COPY, *OPEN)


def prompts(own: Checkpoint, text: str, *, quick: bool) -> dict[str, Tensor]:
    """The prompts as ids (1, P), by the names of their tasks.

    Raises: DemoError where the text is too short.
    """
    ids = own.tokens(text, LEAST)  # (1, T)
    first = own.tokens(text.strip().split("\n\n")[0])
    paragraph = first if first.shape[1] >= LEAST else ids
    parts = {"paragraph": own.text(paragraph[0, :COPIED]), "text": own.text(ids[0, :SUMMARISED])}
    names = QUICK if quick else tuple(QUESTIONS)
    return {name: asked(own, filled(QUESTIONS[name], parts)) for name in names}


def filled(question: str, parts: dict[str, str]) -> str:
    """The question with the text in its place; braces of the text stay as they are."""
    for name, part in parts.items():
        if (gap := "{" + name + "}") in question:
            return question.replace(gap, part)
    return question


def asked(own: Checkpoint, question: str) -> Tensor:
    """The question as the model was trained to read it, (1, P): in its chat format where it has one."""
    tokenizer: Any = own.tokenizer
    if not getattr(tokenizer, "chat_template", None):
        return own.tokens(f"{question}\n\n")
    message = [{"role": "user", "content": question}]
    ids = tokenizer.apply_chat_template(message, add_generation_prompt=True, return_dict=True)["input_ids"]
    return torch.tensor([ids], device=own.model.device)
