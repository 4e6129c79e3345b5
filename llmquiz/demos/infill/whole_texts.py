"""How well whole texts come out, by the passes that each took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.infill import filling, language, writing
from llmquiz.demos.infill.filling import ENCODERS, MASK, START
from llmquiz.demos.infill.language import LENGTH
from llmquiz.demos.lab import caching
from llmquiz.demos.lab.run import Progress

GIBBS = "encoder-15"
"""The mask rate of BERT, whose training is nearest to one missing letter."""


@dataclass(frozen=True, slots=True)
class Written:
    """Texts of one model."""

    model: str
    """`language` for the language's own, `frequency` for letters drawn independently."""
    way: str
    """`cache`, `masks`, `gibbs`, or `drawn`."""
    passes: int
    positions: int
    """Computed for one text, counted at the embedding."""
    nats: float
    """Minus the log-probability of a letter under the language."""
    divergence: float
    """Of pairs of neighbours from the language's; texts that only play safe are far away."""
    example: str


def written(models: Mapping[str, Any], seed: int, quick: bool, progress: Progress) -> tuple[Written, ...]:
    """By the decoder with a cache, by encoders in a growing number of passes, by Gibbs sampling."""
    count = 128 if quick else 256
    own = language.texts(count, torch.Generator().manual_seed(seed + 1))
    alone = own.flatten()[torch.randperm(own.numel(), generator=torch.Generator().manual_seed(seed))].view_as(own)
    found = [_judged("language", "drawn", 0, 0, own), _judged("frequency", "drawn", 0, 0, alone)]
    decoder = models["decoder"]
    with caching.counting(decoder.get_input_embeddings()) as fed:
        texts = writing.from_decoder(decoder, START, count, seed)
    found.append(_judged("decoder", "cache", LENGTH, sum(fed) // count, texts))
    for i, name in enumerate(ENCODERS):
        model = models[name]
        for passes in (1, 2, 5, 10, LENGTH):
            with caching.counting(model.get_input_embeddings()) as fed:
                texts = writing.from_masks(reads(model), MASK, count, passes, seed, model.device)
            found.append(_judged(name, "masks", passes, sum(fed) // count, texts))
        progress((i + 1) / 6)
    model, sweeps = models[GIBBS], 2 if quick else 8
    every = writing.by_gibbs(reads(model), MASK, count // 2, sweeps, seed, model.device)
    for i, texts in enumerate(every):
        passes = LENGTH * (i + 1)
        found.append(_judged(GIBBS, "gibbs", passes, LENGTH * passes, texts))
    progress(1.0)
    return tuple(found)


def reads(model: Any) -> Callable[[Tensor], Tensor]:
    """The encoder as a function from ids to logits of the letters."""
    return lambda ids: filling.seen_by_all(model, ids)


def _judged(model: str, way: str, passes: int, positions: int, texts: Tensor) -> Written:
    texts = texts.cpu()
    nats, divergence = language.nats(texts), language.divergence(texts)
    return Written(model, way, passes, positions, nats, divergence, language.spelled(texts[0]))
