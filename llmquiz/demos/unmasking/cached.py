"""What a later token does to earlier states, and what a cache that keeps them then writes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import caching, kv, tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.unmasking.claims import ROUNDING, Written


@torch.inference_mode()
def moved(model: Any, ids: Tensor, mask: Tensor | None) -> float:
    """The share of states before the last of `ids` (1, T) that change with it, over all layers; `mask` (1, 1, T, T)."""
    changed = ids.clone()
    changed[0, -1] = (ids[0, -1] + 1) % model.config.get_text_config().vocab_size
    before, after = (
        model(text, attention_mask=mask, use_cache=False, output_hidden_states=True).hidden_states[1:]
        for text in (ids, changed)
    )  # a layer (1, T, C)
    shares = []
    for a, b in zip(before, after, strict=True):
        change = (a - b)[0, :-1].float().abs().amax(-1) / a.float().std()  # (T − 1,)
        shares.append((change > ROUNDING).float().mean())
    return float(torch.stack(shares).mean())


@torch.inference_mode()
def written(own: Checkpoint, prompts: Tensor, new: int, *, hides: bool) -> Written:
    """`new` tokens after each of `prompts` (B, P), with a cache and without; `hides`: the causal mask is in place."""
    again, cached = (continued(own.model, prompts, new, hides=hides, cached=cached) for cached in (False, True))
    # a difference changes all that is written after it: only what stands before the first counts
    equal = int((again == cached).long().cumprod(1).sum())
    return Written(again.numel(), equal, own.text(again[0]), own.text(cached[0]))


@torch.inference_mode()
def continued(model: Any, prompts: Tensor, new: int, *, hides: bool, cached: bool) -> Tensor:
    """The likeliest next tokens after `prompts` (B, P), one a pass: (B, new)."""
    ids, cache = prompts, caching.empty_cache(model) if cached else None  # ids is (B, T)
    for i in range(new):
        fed = ids[:, -1:] if cached and i else ids  # (B, 1 or T)
        mask = None if hides else tiny.open_mask(model, len(ids), ids.shape[1])[:, :, -fed.shape[1] :]  # (B, 1, ., T)
        last_only = {"logits_to_keep": 1} if kv.takes(model, "logits_to_keep") else {}
        logits = kv.call(model, fed, cache=cache, attention_mask=mask, **last_only).logits[:, -1]  # (B, V)
        ids = torch.cat((ids, logits.argmax(-1, keepdim=True)), 1)
    return ids[:, prompts.shape[1] :]
