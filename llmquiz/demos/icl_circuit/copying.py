"""What a model of repeating tokens gets right along a text, and what it writes at the end of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from llmquiz.demos.lab.icl import architectures, induction
from llmquiz.demos.lab.icl.arms import INDUCTION, Reader
from llmquiz.demos.lab.icl.induction import LENGTH
from llmquiz.demos.lab.icl.results import Answer

LETTERS = "abcdefghijklmnop"
"""As which the tokens are shown."""


@torch.no_grad()
def right_along(model: Any, period: int, *, seed: int, count: int = 500) -> list[float]:
    """Share of tokens that a decoder gets right at each place from the second on, in texts of one period: T - 1."""
    ids = induction.draw_texts(count, torch.Generator().manual_seed(30_000 + seed), period).to(model.device)  # (B, T)
    first_choices = architectures.outputs(Reader.decoder, model, ids[:, :-1]).logits.argmax(-1)  # (B, T - 1)
    return [round(float(share), 3) for share in (first_choices == ids[:, 1:]).float().mean(0)]


@torch.no_grad()
def guesses(models: Mapping[str, Any], *, seed: int) -> tuple[str, list[Answer]]:
    """A text in letters, its last one open, and what each model puts there."""
    ids = induction.draw_texts(1, torch.Generator().manual_seed(50_000 + seed))  # (1, T)
    answers = []
    for name, model in models.items():
        asked = induction.last_asked(ids)
        logits, _ = induction.predictions(INDUCTION[name], model, ids, asked, LENGTH // 2)  # (1, V)
        chance, token = logits[0, 1:].softmax(-1).max(-1)  # without the padding
        answers.append(Answer(name, LETTERS[int(token)], float(chance)))
    return " ".join([*(LETTERS[token - 1] for token in ids[0, :-1].tolist()), "?"]), answers
