"""One gap filled by each way, letter by letter, beside what is most probable there; the text may be the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.infill import language
from llmquiz.demos.infill.filling import gap_logits
from llmquiz.demos.infill.result import Fill, Sample
from llmquiz.demos.infill.setting import ALPHABET, LENGTH
from llmquiz.errors import DemoError

BLANK = "_"
MOST = 4
"""Letters that may be missing."""


def opened(text: str) -> tuple[Tensor, int, int]:
    """A user's text as ids (1, T), the place of its gap and the gap's length.

    Raises: DemoError where the text is not of the language or has no gap that is known on both sides.
    """
    match = re.fullmatch(rf"([{ALPHABET}]+)({BLANK}{{1,{MOST}}})([{ALPHABET}]+)", text)
    if not match or len(text) > LENGTH:
        raise DemoError(
            "infill.no-letters", length=LENGTH, first=ALPHABET[0], last=ALPHABET[-1], most=MOST, blank=BLANK
        )
    ids = [ALPHABET.index(letter) if letter != BLANK else 0 for letter in text]  # what is in the gap is never read
    return torch.tensor([ids]), match.start(2), len(match[2])


@torch.inference_mode()
def filled(name: str, model: Any, text: Tensor, start: int, letters: int, *, at_once: bool = False) -> list[int]:
    """The most probable letter at each place of the gap, one after the other or all in one pass."""
    text = text.clone().to(model.device)  # (1, T)
    if at_once:
        chosen: list[int] = gap_logits(name, model, text, start, letters, at_once=True)[0].argmax(-1).tolist()
        return chosen
    for i in range(letters):
        text[0, start + i] = gap_logits(name, model, text, start, letters)[0, i].argmax()  # (V,), the i-th of the gap
    gap: list[int] = text[0, start : start + letters].tolist()
    return gap


def sample(models: Mapping[str, Any], text: Tensor, start: int, letters: int) -> Sample:
    """A gap of a text (1, T), filled in every way; what stands in the gap is not looked at."""
    left, right = int(text[0, start - 1]), int(text[0, start + letters])
    fills = {"best": language.best_fill(left, right, letters)}
    fills |= {name: filled(name, model, text, start, letters) for name, model in models.items()}
    encoder = "encoder-any"
    fills[f"{encoder}, one-pass"] = filled(encoder, models[encoder], text, start, letters, at_once=True)
    spelled = language.spelled(text[0])
    return Sample(
        text=spelled[:start] + BLANK * letters + spelled[start + letters :],
        fills=tuple(
            Fill(way, language.spelled(torch.tensor(fill)), language.chance(fill, left, right))
            for way, fill in fills.items()
        ),
    )
