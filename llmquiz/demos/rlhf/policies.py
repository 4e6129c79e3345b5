"""Policies that write a toy English word by word: sampling, log-probabilities, and what a policy is measured by.

In all shapes B are texts, T = `language.LENGTH` their tokens, the opener first, and V the words.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from llmquiz.demos.lab import kv
from llmquiz.demos.rlhf import language
from llmquiz.demos.rlhf.claims import Figures


def openers(each: int) -> Tensor:
    """Every opener so many times, (6 · each,): the prompts of a batch."""
    return torch.tensor(language.PROMPTS).repeat_interleave(each)


@torch.no_grad()
def sample(model: Any, prompts: Tensor, generator: torch.Generator) -> Tensor:
    """A text for each prompt (B,), drawn at temperature 1: ids (B, T), filled up behind the full stop."""
    ids = prompts[:, None].cpu()  # (B, 1), to grow to (B, T)
    seq2seq = model.config.is_encoder_decoder
    cache = None if seq2seq else DynamicCache(config=model.config)
    alive = torch.ones(len(ids), dtype=torch.bool)  # (B,), texts without a full stop so far
    while ids.shape[1] < language.LENGTH:
        if seq2seq:
            # next_logits leaves the last token unread: any will do to have the logits behind those that are there
            last = next_logits(model, torch.cat((ids, ids[:, :1]), 1))[:, -1]  # (B, V)
        else:
            last = kv.call(model, ids[:, -1:].to(model.device), cache=cache).logits[:, -1]  # (B, V)
        drawn = torch.where(alive, draw(last, generator), language.PAD)  # (B,)
        alive = alive & (drawn != language.END)
        ids = torch.cat((ids, drawn[:, None]), 1)
    return ids.to(model.device)


def draw(logits: Tensor, generator: torch.Generator) -> Tensor:
    """A token from each row of logits (B, V), by inverting the distribution function: (B,) on the CPU."""
    cumulative = logits.double().softmax(-1).cumsum(-1).cpu()  # (B, V)
    at = torch.rand(len(logits), 1, generator=generator, dtype=torch.float64)  # (B, 1)
    return (cumulative <= at).sum(-1).clamp(max=logits.shape[-1] - 1)


def next_logits(model: Any, ids: Tensor) -> Tensor:
    """Logits of every token after the opener, (B, T - 1, V), in one pass."""
    if model.config.is_encoder_decoder:  # the opener is what it reads, the rest what it writes
        shifted = torch.cat((torch.full_like(ids[:, :1], language.PAD), ids[:, 1:-1]), 1)  # (B, T - 1)
        logits: Tensor = model(input_ids=ids[:, :1], decoder_input_ids=shifted, use_cache=False).logits
    else:
        logits = model(ids[:, :-1], use_cache=False).logits
    return logits


def log_probabilities(model: Any, ids: Tensor) -> Tensor:
    """Of every token that was written, (B, T - 1); 0 behind the full stop."""
    every = next_logits(model, ids).log_softmax(-1)  # (B, T - 1, V)
    written: Tensor = every.gather(2, ids[:, 1:, None])[..., 0]  # (B, T - 1)
    return written * language.mask(ids)


def divergence(model: Any, reference: Any, ids: Tensor) -> Tensor:
    """KL(model, reference) in nats, (B,): summed exactly over the next tokens at every place of texts of the model."""
    log_p, log_q = (next_logits(policy, ids).log_softmax(-1) for policy in (model, reference))  # (B, T - 1, V)
    return ((log_p.exp() * (log_p - log_q)).sum(-1) * language.mask(ids)).sum(1)  # (B, T - 1) to (B,)


def own_texts(model: Any, *, each: int, seed: int) -> Tensor:
    """`each` texts of every opener that no training drew, (6 · each, T)."""
    return sample(model, openers(each), torch.Generator().manual_seed(20_000 + seed))


@torch.no_grad()
def figures(model: Any, reference: Any, ids: Tensor) -> Figures:
    """What texts (B, T) of the model say about it."""
    mask, rewards, right = language.mask(ids), language.reward(ids), correct(ids)  # (B, T - 1), (B,), (B,)
    return Figures(
        reward=float(rewards.mean()),
        kl=float(divergence(model, reference, ids).double().mean()),
        fluency=float(log_probabilities(reference, ids).double().sum() / mask.sum()),
        ungrammatical=float(1 - right.float().mean()),
        kept=float((rewards * right).mean()),
        tokens=float(mask.sum(1).double().mean()),
    )


def correct(ids: Tensor) -> Tensor:
    """Which texts (B, T) the grammar could have written, (B,) on the CPU."""
    return torch.tensor([language.grammatical(language.words(row)) for row in ids])
