"""Whole texts from nothing: a decoder letter by letter with a cache, an encoder over masks or by Gibbs sampling.

An encoder has no order of its own. Filling masks in rounds is that of Mask-Predict (Ghazvininejad et al., 2019) and of
masked diffusion, resampling one letter after the other that of Wang and Cho (2019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.infill.setting import LENGTH, LETTERS
from llmquiz.demos.lab import caching

Reads = Callable[[Tensor], Tensor]
"""From ids (B, T) to logits of the letters (B, T, V)."""


@torch.inference_mode()
def from_decoder(model: Any, start: int, count: int, seed: int) -> Tensor:
    """Texts (B, T) drawn letter by letter behind the id `start`, with a cache."""
    generator, cache = torch.Generator().manual_seed(seed), caching.empty_cache(model)
    newest, letters = torch.full((count, 1), start, device=model.device), list[Tensor]()  # (B, 1)
    for _ in range(LENGTH):
        logits = caching.step(model, newest, cache)[:, None, :LETTERS]  # (B, 1, V)
        newest = _drawn(logits, generator)  # (B, 1)
        letters.append(newest)
    return torch.cat(letters, 1)


@torch.inference_mode()
def from_masks(reads: Reads, mask: int, count: int, passes: int, seed: int, device: Any) -> Tensor:
    """Texts (B, T) that start as masks only; in each pass an equal share of the places gets letters, at random."""
    generator = torch.Generator().manual_seed(seed)
    text = torch.full((count, LENGTH), mask, device=device)  # (B, T)
    order = torch.rand(count, LENGTH, generator=generator).argsort(1).to(device)  # (B, T), each row a permutation
    for places in order.tensor_split(passes, 1):  # (B, T / passes)
        letters = _drawn(reads(text), generator)  # (B, T), of which those at `places` stay
        text = text.scatter(1, places, letters.gather(1, places))
    return text


@torch.inference_mode()
def by_gibbs(reads: Reads, mask: int, count: int, sweeps: int, seed: int, device: Any) -> tuple[Tensor, ...]:
    """Texts (B, T) after each sweep: from random letters, each place in turn masked and drawn again, a pass each."""
    generator, after = torch.Generator().manual_seed(seed), list[Tensor]()
    text = torch.randint(0, LETTERS, (count, LENGTH), generator=generator).to(device)  # (B, T)
    for _ in range(sweeps):
        for place in range(LENGTH):
            masked = text.clone()  # (B, T)
            masked[:, place] = mask
            text[:, place] = _drawn(reads(masked)[:, place : place + 1], generator)[:, 0]  # of (B, 1, V): (B,)
        after.append(text.clone())
    return tuple(after)


def _drawn(logits: Tensor, generator: torch.Generator) -> Tensor:
    """A letter for every row of logits (..., V), drawn on the CPU: the same on every device."""
    probs = logits.float().softmax(-1).cpu()  # (..., V)
    letters = torch.multinomial(probs.flatten(0, -2), 1, generator=generator)  # multinomial takes two dimensions only
    return letters.view(probs.shape[:-1]).to(logits.device)
