"""What the models write far behind the trained length, and how many of the words exist."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.positions import encodings, language
from llmquiz.demos.positions.claims import TRAINED, Writing
from llmquiz.demos.positions.stretching import stretched

LENGTH = 3
"""Of a text, in times the trained length."""


def writing(way: str, how: str, model: Any, begun: Tensor, seed: int) -> Writing:
    """Texts of a model whose RoPE is stretched that far, after the beginnings (B, n)."""
    with stretched(model, how, LENGTH):
        texts = write(way, model, begun, LENGTH * TRAINED, seed)
    inside, beyond = (
        _share_known([text[start:end] for text in texts])
        for start, end in ((0, TRAINED), (2 * TRAINED, LENGTH * TRAINED))
    )
    return Writing(how or way, texts[0], inside, beyond)


def _share_known(texts: list[str]) -> float:
    counts = [language.known(text) for text in texts]
    return sum(right for right, _ in counts) / max(1, sum(whole for _, whole in counts))


@torch.inference_mode()
def write(way: str, model: Any, begun: Tensor, length: int, seed: int) -> list[str]:
    """Texts of that length, each letter drawn from the model's own distribution, after the beginnings (B, n)."""
    generator, device = torch.Generator().manual_seed(seed), next(model.parameters()).device
    ids = begun  # (B, n)
    while ids.shape[1] < length:
        odds = encodings.logits(way, model, ids.to(device))[:, -1].float().softmax(-1).cpu()  # (B, V)
        ids = torch.cat((ids, torch.multinomial(odds, 1, generator=generator)), 1)  # (B, n + 1)
    return [language.spelled(line) for line in ids.tolist()]
