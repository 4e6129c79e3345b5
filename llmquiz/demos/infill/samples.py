"""One gap filled by each way, letter by letter, beside what is most probable there; the text may be the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.infill import language
from llmquiz.demos.infill.filling import gap_logits
from llmquiz.demos.infill.language import ALPHABET, LENGTH
from llmquiz.errors import DemoError

BLANK = "_"
MOST = 4
"""Letters that may be missing."""


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands in the gap."""

    way: str
    """The model, `best` for the most probable of all fills; behind a comma how."""
    letters: str
    chance: float
    """Of all fills between these two neighbours, under the language."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with a gap, and fills."""

    text: str
    fills: tuple[Fill, ...]


def opened(text: str) -> tuple[Tensor, int, int]:
    """A user's text as ids (1, T), the place of its gap and the gap's length.

    Raises: DemoError where the text is not of the language or has no gap that is known on both sides.
    """
    found = re.fullmatch(rf"([{ALPHABET}]+)({BLANK}{{1,{MOST}}})([{ALPHABET}]+)", text)
    if not found or len(text) > LENGTH:
        raise DemoError(
            f"--text takes up to {LENGTH} of the letters {ALPHABET[0]} to {ALPHABET[-1]} with one gap of 1 to {MOST} "
            f"{BLANK} inside: abc__de",
            f"--text 接受最多 {LENGTH} 个字母（{ALPHABET[0]} 到 {ALPHABET[-1]}），"
            f"中间留一处 1 到 {MOST} 个 {BLANK} 的空：abc__de",
        )
    ids = [ALPHABET.index(one) if one != BLANK else 0 for one in text]
    return torch.tensor([ids]), found.start(2), len(found[2])


@torch.inference_mode()
def filled(name: str, model: Any, text: Tensor, start: int, letters: int, *, at_once: bool = False) -> list[int]:
    """The most probable letter at each place of the gap, one after the other or all in one pass."""
    made = text.clone().to(model.device)
    if at_once:
        chosen: list[int] = gap_logits(name, model, made, start, letters, at_once=True)[0].argmax(-1).tolist()
        return chosen
    for i in range(letters):
        made[0, start + i] = gap_logits(name, model, made, start, letters)[0, i].argmax()
    found: list[int] = made[0, start : start + letters].tolist()
    return found


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
            Fill(way, language.spelled(torch.tensor(one)), language.chance(one, left, right))
            for way, one in fills.items()
        ),
    )
