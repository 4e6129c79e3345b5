"""What a trained model remembers of a text: values looked up by their keys, and the memory that this takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.ssm import states
from llmquiz.demos.ssm.language import texts
from llmquiz.demos.ssm.result import LENGTHS, Memory, Recall


@torch.inference_mode()
def recall(model: Any, pairs: int, *, seed: int, count: int = 64) -> Recall:
    """On texts that the training never saw: another seed draws them."""
    ids, values, order = texts(count, pairs, torch.Generator().manual_seed(10_000 + seed))  # (B, 3N), (B, N), (B, N)
    device = next(model.parameters()).device
    logits = model(ids.to(device), use_cache=False).logits[:, -pairs:]  # (B, N, V), behind each question
    right = logits.argmax(-1).cpu() == values  # (B, N), in the order of the questions
    by_place = torch.zeros(count, pairs).scatter_(1, order, right.float()).mean(0)  # (N,), in the order of the text
    return Recall(pairs, float(right.float().mean()), tuple(by_place.tolist()))


def memories(
    models: Mapping[str, Any], seeds: Mapping[str, tuple[tuple[float, ...], ...]], seed: int, progress: Progress
) -> tuple[Memory, ...]:
    """Trained models by name, on texts of growing length; `seeds` are the shares right that the cards report."""
    results = []
    text, _, _ = texts(1, LENGTHS[-1], torch.Generator().manual_seed(seed))  # (1, 3N)
    for i, (name, model) in enumerate(models.items()):
        _, cache = states.read(model, text.to(model.device))
        recalls = tuple(recall(model, pairs, seed=seed) for pairs in LENGTHS)
        results.append(Memory(tiny.describe(model), states.cache_bytes(cache), recalls, seeds[name]))
        progress((i + 1) / len(models))
    return tuple(results)
