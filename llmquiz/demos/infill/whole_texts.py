"""How well whole texts come out, by the passes that each took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.infill import filling, language, writing
from llmquiz.demos.infill.result import Written
from llmquiz.demos.infill.setting import ENCODERS, GIBBS, LENGTH, MASK, START
from llmquiz.demos.lab import caching
from llmquiz.demos.lab.run import Progress


def written(models: Mapping[str, Any], seed: int, quick: bool, progress: Progress) -> tuple[Written, ...]:
    """By the decoder with a cache, by encoders in a growing number of passes, by Gibbs sampling."""
    count = 128 if quick else 256

    # two ends to measure by: the language's own texts, and their letters in random order over all texts
    own = language.texts(count, torch.Generator().manual_seed(seed + 1))  # (B, T)
    shuffled = own.flatten()[torch.randperm(own.numel(), generator=torch.Generator().manual_seed(seed))].view_as(own)
    results = [_judged("language", "drawn", 0, 0, own), _judged("frequency", "drawn", 0, 0, shuffled)]

    # positions are counted at the embedding, over all texts together
    decoder = models["decoder"]
    with caching.counting(decoder.get_input_embeddings()) as fed:
        texts = writing.from_decoder(decoder, START, count, seed)  # (B, T)
    results.append(_judged("decoder", "cache", LENGTH, sum(fed) // count, texts))
    for i, name in enumerate(ENCODERS):
        model = models[name]
        for passes in (1, 2, 5, 10, LENGTH):
            with caching.counting(model.get_input_embeddings()) as fed:
                texts = writing.from_masks(reads(model), MASK, count, passes, seed, model.device)  # (B, T)
            results.append(_judged(name, "masks", passes, sum(fed) // count, texts))
        progress((i + 1) / 6)

    # a sweep of Gibbs sampling takes a pass for every letter, so that half the texts must do
    model, sweeps = models[GIBBS], 2 if quick else 8
    by_sweep = writing.by_gibbs(reads(model), MASK, count // 2, sweeps, seed, model.device)
    for i, texts in enumerate(by_sweep):
        passes = LENGTH * (i + 1)
        results.append(_judged(GIBBS, "gibbs", passes, LENGTH * passes, texts))
    progress(1.0)
    return tuple(results)


def reads(model: Any) -> Callable[[Tensor], Tensor]:
    """The encoder as a function from ids (B, T) to logits of the letters (B, T, V)."""
    return lambda ids: filling.seen_by_all(model, ids)


def _judged(model: str, way: str, passes: int, positions: int, texts: Tensor) -> Written:
    texts = texts.cpu()  # (B, T)
    nats, divergence = language.nats(texts), language.divergence(texts)
    return Written(model, way, passes, positions, nats, divergence, language.spelled(texts[0]))
